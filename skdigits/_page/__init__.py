"""Find the digits of a page by ink that is learnt."""
