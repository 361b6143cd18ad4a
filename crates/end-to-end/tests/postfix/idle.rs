pub fn borne(_case: &crate::case::Case) {}
