#![allow(clippy::unwrap_used)]

use super::*;

#[test]
fn a_line_goes_on_as_a_line() {
    let values: Vec<_> = (0..12).map(|n| Some(100.0 + 10.0 * f64::from(n))).collect();
    let forecast = forecast(&values, 3).unwrap();
    for (step, expected) in forecast.iter().enumerate() {
        let value = 220.0 + 10.0 * as_f64(step);
        assert!((expected.value - value).abs() < 1e-6);
        assert!(expected.high - expected.low < 1e-3, "it never scattered");
    }
}

#[test]
fn the_band_is_as_wide_as_months_scatter_and_widens_with_distance() {
    let scatter = [
        3.0, -5.0, 4.0, -2.0, 6.0, -4.0, 1.0, -3.0, 5.0, -6.0, 2.0, -1.0,
    ];
    let values: Vec<_> = (0_u32..)
        .zip(scatter)
        .map(|(n, off)| Some(100.0 + 10.0 * f64::from(n) + off))
        .collect();
    let forecast = forecast(&values, 3).unwrap();
    let width = |place: usize| forecast[place].high - forecast[place].low;
    assert!(width(0) > 10.0 && width(0) < 60.0, "{forecast:?}");
    assert!(width(2) > width(0));
    // What the line was made with lies in the band.
    assert!(forecast[0].low < 220.0 && 220.0 < forecast[0].high);
}

/// Worked out by hand: x = 0..3, y = 1, 3, 2, 4 gives slope 0.8 and a mean of 2.5; the squares left over
/// are 1.8, so s = sqrt(1.8 / 2) = 0.948683; at x = 4 the margin is
/// 4.303 * 0.948683 * sqrt(1 + 1/4 + 2.5^2 / 5) = 6.4545.
#[test]
fn a_forecast_is_what_it_is_by_hand() {
    let values = [1.0, 3.0, 2.0, 4.0].map(Some);
    let expected = forecast(&values, 1).unwrap()[0];
    assert!((expected.value - 4.5).abs() < 1e-9);
    assert!((expected.high - 10.9545).abs() < 1e-3, "{expected:?}");
    assert!(expected.low.abs() < 1e-9, "never below nought");
}

#[test]
fn few_months_lead_nowhere() {
    assert_eq!(forecast(&[Some(1.0), Some(2.0), Some(3.0), None], 3), None);
    assert_eq!(forecast(&[], 3), None);
}
