# The service of examples/serve_reader.py, without TensorFlow: docs/guide/service.md
FROM python:3.13-slim AS build
RUN python -m venv --without-pip /venv
COPY predict /src/predict
RUN pip --python /venv/bin/python install --no-cache-dir --require-hashes -r /src/predict/serve.txt
COPY skdigits /src/skdigits
RUN pip --python /venv/bin/python install --no-cache-dir --no-deps /src/predict

FROM python:3.13-slim
COPY --from=build /venv /venv
COPY examples/serve_reader.py /app/serve_reader.py
WORKDIR /app
USER nobody
EXPOSE 8000
HEALTHCHECK CMD ["/venv/bin/python", "-c", "from urllib.request import urlopen; urlopen('http://127.0.0.1:8000/health', timeout=5)"]
CMD ["/venv/bin/gunicorn", "--preload", "-w", "2", "-k", "uvicorn_worker.UvicornWorker", "serve_reader:app", "--no-control-socket", "--worker-tmp-dir=/dev/shm", "--bind=0.0.0.0:8000"]
