//! ITU-T G.711, which needs no library: a byte is a sample.

use bytes::Bytes;

/// The samples of µ-law sound, signed 16-bit little-endian.
pub fn mu_law(payload: &[u8]) -> Bytes {
    expand(payload, mu_law_sample)
}

/// The samples of A-law sound, signed 16-bit little-endian.
pub fn a_law(payload: &[u8]) -> Bytes {
    expand(payload, a_law_sample)
}

fn expand(payload: &[u8], sample: fn(u8) -> i16) -> Bytes {
    payload.iter().flat_map(|code| sample(*code).to_le_bytes()).collect()
}

/// Sign, three bits of exponent, four of mantissa, all inverted; biased by 33
/// at 14 bits.
fn mu_law_sample(code: u8) -> i16 {
    const BIAS: i16 = 33 << 2;
    let code = !code;
    let magnitude = ((i16::from(code & 0x0f) << 3) + BIAS) << ((code >> 4) & 7);
    if code & 0x80 == 0 { magnitude - BIAS } else { BIAS - magnitude }
}

/// Sign, three bits of exponent, four of mantissa, every other bit inverted;
/// samples are the middle of what they stand for.
fn a_law_sample(code: u8) -> i16 {
    let code = code ^ 0x55;
    let mantissa = (i16::from(code & 0x0f) << 4) + 8;
    let magnitude = match (code >> 4) & 7 {
        0 => mantissa,
        exponent => (mantissa + 0x100) << (exponent - 1),
    };
    if code & 0x80 == 0 { -magnitude } else { magnitude }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Values as ITU-T's reference software (G.191) gives them, in 16 bits.
    #[test]
    fn codes_are_what_the_standard_says() {
        for (code, sample) in
            [(0xff, 0), (0x7f, 0), (0xfe, 8), (0x7e, -8), (0x80, 32124), (0x00, -32124)]
        {
            assert_eq!(mu_law_sample(code), sample, "µ-law {code:#x}");
        }
        for (code, sample) in
            [(0xd5, 8), (0x55, -8), (0xd4, 24), (0xc5, 264), (0xaa, 32256), (0x2a, -32256)]
        {
            assert_eq!(a_law_sample(code), sample, "A-law {code:#x}");
        }
    }

    #[test]
    fn every_code_has_its_opposite() {
        for code in 0..128 {
            assert_eq!(mu_law_sample(code), -mu_law_sample(code | 0x80));
            assert_eq!(a_law_sample(code), -a_law_sample(code | 0x80));
        }
    }

    #[test]
    fn a_byte_is_a_sample() {
        assert_eq!(&mu_law(&[0x80, 0xff])[..], [0x7c, 0x7d, 0, 0]);
        assert_eq!(&a_law(&[0xd5])[..], [8, 0]);
    }
}
