"""A true story on real data: what goldfish does in a minute."""
