//! What well-formed identifiers look like, as their issuers publish it. Each takes letters in
//! upper case and digits, without separators.

/// National Insurance number: prefix letters that are issued, six digits, suffix A to D.
pub(super) fn ni_number(number: &[u8]) -> bool {
    let Some((&[first, second], rest)) = number.split_first_chunk::<2>() else {
        return false;
    };
    let Some((suffix, digits)) = rest.split_last() else {
        return false;
    };
    let never = |letter: &u8| b"DFIQUV".contains(letter);
    let administrative = [b"BG", b"GB", b"KN", b"NK", b"NT", b"TN", b"ZZ"];
    first.is_ascii_uppercase()
        && second.is_ascii_uppercase()
        && !never(&first)
        && !never(&second)
        && second != b'O'
        && !administrative.contains(&&[first, second])
        && digits.len() == 6
        && digits.iter().all(u8::is_ascii_digit)
        && (b'A'..=b'D').contains(suffix)
}

/// Driving licence of Great Britain, 16 characters: five of the surname filled up with 9, the
/// date of birth spread over six digits (month raised by 50 for women), initials, a digit and
/// two letters.
pub(super) fn driving_licence(number: &[u8]) -> bool {
    let Ok(
        &[
            surname @ ..,
            decade,
            m1,
            m2,
            d1,
            d2,
            year,
            i1,
            i2,
            serial,
            c1,
            c2,
        ],
    ) = <&[u8; 16]>::try_from(number)
    else {
        return false;
    };
    let letters = surname
        .iter()
        .take_while(|byte| byte.is_ascii_uppercase())
        .count();
    let filled = surname.iter().skip(letters).all(|byte| *byte == b'9');
    let month = two_digits(m1, m2).map(|month| month % 50);
    let day = two_digits(d1, d2);
    letters > 0
        && filled
        && decade.is_ascii_digit()
        && year.is_ascii_digit()
        && m1 < b'7'
        && month.is_some_and(|month| (1..=12).contains(&month))
        && day.is_some_and(|day| (1..=31).contains(&day))
        && i1.is_ascii_uppercase()
        && (i2.is_ascii_uppercase() || i2 == b'9')
        && serial.is_ascii_digit()
        && c1.is_ascii_uppercase()
        && c2.is_ascii_uppercase()
}

/// United Kingdom passport: nine digits, or two letters and seven digits on recent ones.
pub(super) fn passport(number: &[u8]) -> bool {
    let digits = number.iter().skip_while(|byte| byte.is_ascii_uppercase());
    let letters = number
        .iter()
        .take_while(|byte| byte.is_ascii_uppercase())
        .count();
    let all_same = number.iter().all(|byte| Some(byte) == number.first());
    number.len() == 9
        && matches!(letters, 0 | 2)
        && digits.clone().all(u8::is_ascii_digit)
        && !all_same
}

/// Whether card issuers give out numbers with this beginning and length.
pub(super) fn card_brand(number: &[u8]) -> bool {
    let head = number.iter().take(6).try_fold(0_u32, |head, byte| {
        byte.is_ascii_digit()
            .then(|| head * 10 + u32::from(byte - b'0'))
    });
    let Some(head) = head else { return false };
    match (number.len(), head) {
        // Visa.
        (13 | 16 | 19, 400_000..500_000) => true,
        // Mastercard, both ranges.
        (16, 510_000..560_000 | 222_100..272_100) => true,
        // American Express.
        (15, 340_000..350_000 | 370_000..380_000) => true,
        // Maestro.
        (16..=19, 501_800..501_900 | 502_000..502_100 | 503_800..503_900) => true,
        (16..=19, 589_300..589_400 | 630_400..630_500 | 675_900..676_000) => true,
        (16..=19, 676_100..676_400) => true,
        // Discover, UnionPay, JCB, Diners.
        (16, 601_100..601_200 | 644_000..660_000) => true,
        (16..=19, 620_000..630_000) => true,
        (16, 352_800..359_000) => true,
        (14, 300_000..306_000 | 360_000..370_000 | 380_000..400_000) => true,
        _ => false,
    }
}

/// Length of an IBAN by its country, from the register of formats.
pub(super) fn iban_length(country: &[u8]) -> Option<usize> {
    let length = match country {
        b"NO" => 15,
        b"BE" => 16,
        b"DK" | b"FI" | b"FO" | b"GL" | b"NL" | b"FK" | b"SD" => 18,
        b"MK" | b"SI" => 19,
        b"AT" | b"BA" | b"EE" | b"KZ" | b"LT" | b"LU" | b"XK" | b"MN" => 20,
        b"CH" | b"CR" | b"HR" | b"LI" | b"LV" => 21,
        b"BG" | b"BH" | b"DE" | b"GB" | b"GE" | b"IE" | b"ME" | b"RS" | b"VA" => 22,
        b"AE" | b"GI" | b"IL" | b"IQ" | b"TL" | b"OM" | b"SO" => 23,
        b"AD" | b"CZ" | b"ES" | b"MD" | b"PK" | b"RO" | b"SA" | b"SE" | b"SK" | b"TN" | b"VG" => 24,
        b"LY" | b"PT" | b"ST" => 25,
        b"IS" | b"TR" => 26,
        b"BI" | b"DJ" | b"FR" | b"GR" | b"IT" | b"MC" | b"MR" | b"SM" => 27,
        b"AL" | b"AZ" | b"BY" | b"CY" | b"DO" | b"GT" | b"HU" | b"LB" | b"PL" | b"SV" | b"NI" => 28,
        b"BR" | b"EG" | b"PS" | b"QA" | b"UA" => 29,
        b"JO" | b"KW" | b"MU" | b"YE" => 30,
        b"MT" | b"SC" => 31,
        b"LC" => 32,
        b"RU" => 33,
        _ => return None,
    };
    Some(length)
}

/// A registration of the style in use since 2001: `AB12CDE`.
pub(super) fn current_plate(number: &[u8]) -> bool {
    let Ok(&[a, b, n1, n2, x, y, z]) = <&[u8; 7]>::try_from(number) else {
        return false;
    };
    let area = |letter: u8| letter.is_ascii_uppercase() && !b"IQZ".contains(&letter);
    let serial = |letter: u8| letter.is_ascii_uppercase() && !b"IQ".contains(&letter);
    let age =
        two_digits(n1, n2).is_some_and(|age| (2..=49).contains(&age) || (51..=99).contains(&age));
    area(a) && area(b) && age && serial(x) && serial(y) && serial(z)
}

/// A registration of the styles of 1963 to 2001: `A123BCD` or `ABC123D`, one to three digits.
pub(super) fn older_plate(number: &[u8]) -> bool {
    let digits = number.iter().filter(|byte| byte.is_ascii_digit()).count();
    let never = |byte: &u8| b"IZ".contains(byte);
    let letters =
        |run: Option<&[u8]>| run.is_some_and(|run| run.iter().all(u8::is_ascii_uppercase));
    (1..=3).contains(&digits)
        && number.len() == digits + 4
        && !number.iter().any(never)
        && (letters(number.get(..1)) && letters(number.get(digits + 1..))
            || letters(number.get(..3)) && letters(number.get(digits + 3..)))
}

/// The letters postcodes begin with.
const AREAS: &str = " AB AL B BA BB BD BH BL BN BR BS BT CA CB CF CH CM CO CR CT CV CW DA DD DE DG DH DL \
    DN DT DY E EC EH EN EX FK FY G GL GU GY HA HD HG HP HR HS HU HX IG IM IP IV JE KA KT KW KY L LA LD LE LL \
    LN LS LU M ME MK ML N NE NG NN NP NR NW OL OX PA PE PH PL PO PR RG RH RM S SA SE SG SK SL SM SN SO SP SR \
    SS ST SW SY TA TD TF TN TQ TR TS TW UB W WA WC WD WF WN WR WS WV YO ZE ";

/// Postcode: an area that exists, a district, and an inward part without the letters left out
/// of it. `GIR 0AA` and `BF1` (forces) are real too.
pub(super) fn postcode(code: &[u8]) -> bool {
    let Some((outward, &[sector, u1, u2])) = code.split_last_chunk::<3>() else {
        return false;
    };
    let unit = |letter: u8| letter.is_ascii_uppercase() && !b"CIKMOV".contains(&letter);
    if !sector.is_ascii_digit() || !unit(u1) || !unit(u2) {
        return false;
    }
    if matches!(outward, b"GIR" | b"BF1") {
        return true;
    }
    let letters = outward
        .iter()
        .take_while(|byte| byte.is_ascii_uppercase())
        .count();
    let Some((area, district)) = outward.split_at_checked(letters) else {
        return false;
    };
    let known = std::str::from_utf8(area)
        .is_ok_and(|area| matches!(letters, 1 | 2) && AREAS.contains(&format!(" {area} ")));
    let numbered = match *district {
        [one] => one.is_ascii_digit(),
        [one, two] if two.is_ascii_digit() => (b'1'..=b'9').contains(&one),
        // Inner London districts end in a letter.
        [one, letter] => one.is_ascii_digit() && b"ABCDEFGHJKMNPRSTUVWXY".contains(&letter),
        _ => false,
    };
    known && numbered
}

fn two_digits(tens: u8, ones: u8) -> Option<u8> {
    (tens.is_ascii_digit() && ones.is_ascii_digit()).then(|| (tens - b'0') * 10 + ones - b'0')
}
