pub fn put_off(_case: &crate::case::Case) {}
