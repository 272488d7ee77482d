"""What benches stand on: a ledger with a long past, and the parts that several of them measure."""
