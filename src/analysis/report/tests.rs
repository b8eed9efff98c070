//! What the report aggregates, on plans of a few rows.
