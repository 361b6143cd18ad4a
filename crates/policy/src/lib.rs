//! Packs, editions, clauses and the one function that decides a request by them.
