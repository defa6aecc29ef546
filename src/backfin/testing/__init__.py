"""What tests, benchmarks and authors of plugins lean on."""
