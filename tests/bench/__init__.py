"""What Wizamart costs, as ratios to plain Flask doing the same in the same run: `python -m tests.bench`."""
