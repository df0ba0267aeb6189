"""Stand-in for Amazon's Selling Partner API, marketplace amazon.sa."""
