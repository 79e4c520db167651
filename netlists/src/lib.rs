//! netlists
