//! Where people live: metropolitan areas of the contiguous United States.

/// A metropolitan area.
#[derive(Clone, Copy, Debug)]
pub(super) struct Metro {
    pub(super) name: &'static str,
    /// The first three digits of its postal codes.
    pub(super) prefix: &'static str,
    /// Hundredths of a degree.
    pub(super) latitude: i64,
    pub(super) longitude: i64,
    /// Thousands of people.
    pub(super) people: u64,
    pub(super) time_zone: &'static str,
}

const E: &str = "America/New_York";
const C: &str = "America/Chicago";
const M: &str = "America/Denver";
const A: &str = "America/Phoenix";
const P: &str = "America/Los_Angeles";

type Row = (&'static str, &'static str, i64, i64, u64, &'static str);

/// Name, postal prefix, latitude and longitude (hundredths of a degree), people (thousands),
/// time zone; round numbers of the 2020 census.
const ROWS: [Row; 104] = [
    ("New York", "100", 4071, -7401, 20_140, E),
    ("Los Angeles", "900", 3405, -11_824, 13_200, P),
    ("Chicago", "606", 4188, -8763, 9620, C),
    ("Dallas", "752", 3278, -9680, 7640, C),
    ("Houston", "770", 2976, -9537, 7120, C),
    ("Washington", "200", 3891, -7704, 6390, E),
    ("Miami", "331", 2576, -8019, 6140, E),
    ("Philadelphia", "191", 3995, -7517, 6250, E),
    ("Atlanta", "303", 3375, -8439, 6090, E),
    ("Phoenix", "850", 3345, -11_207, 4850, A),
    ("Boston", "021", 4236, -7106, 4940, E),
    ("Riverside", "925", 3398, -11_738, 4600, P),
    ("San Francisco", "941", 3777, -12_242, 4750, P),
    ("Detroit", "482", 4233, -8305, 4390, E),
    ("Seattle", "981", 4761, -12_233, 4020, P),
    ("Minneapolis", "554", 4498, -9327, 3690, C),
    ("San Diego", "921", 3272, -11_716, 3300, P),
    ("Tampa", "336", 2795, -8246, 3180, E),
    ("Denver", "802", 3974, -10_499, 2960, M),
    ("Baltimore", "212", 3929, -7661, 2840, E),
    ("St. Louis", "631", 3863, -9020, 2820, C),
    ("Orlando", "328", 2854, -8138, 2670, E),
    ("Charlotte", "282", 3523, -8084, 2660, E),
    ("San Antonio", "782", 2942, -9849, 2560, C),
    ("Portland", "972", 4552, -12_268, 2510, P),
    ("Sacramento", "958", 3858, -12_149, 2400, P),
    ("Pittsburgh", "152", 4044, -8000, 2370, E),
    ("Austin", "787", 3027, -9774, 2280, C),
    ("Las Vegas", "891", 3617, -11_514, 2270, P),
    ("Cincinnati", "452", 3910, -8451, 2260, E),
    ("Kansas City", "641", 3910, -9458, 2190, C),
    ("Columbus", "432", 3996, -8300, 2140, E),
    ("Indianapolis", "462", 3977, -8616, 2110, E),
    ("Cleveland", "441", 4150, -8169, 2090, E),
    ("San Jose", "951", 3734, -12_189, 2000, P),
    ("Nashville", "372", 3616, -8678, 1990, C),
    ("Virginia Beach", "234", 3685, -7598, 1800, E),
    ("Providence", "029", 4182, -7141, 1680, E),
    ("Jacksonville", "322", 3033, -8166, 1610, E),
    ("Milwaukee", "532", 4304, -8791, 1570, C),
    ("Oklahoma City", "731", 3547, -9752, 1430, C),
    ("Raleigh", "276", 3578, -7864, 1410, E),
    ("Memphis", "381", 3515, -9005, 1340, C),
    ("Richmond", "232", 3754, -7744, 1310, E),
    ("Louisville", "402", 3825, -8576, 1290, E),
    ("New Orleans", "701", 2995, -9007, 1270, C),
    ("Salt Lake City", "841", 4076, -11_189, 1260, M),
    ("Hartford", "061", 4176, -7268, 1210, E),
    ("Buffalo", "142", 4289, -7888, 1170, E),
    ("Birmingham", "352", 3352, -8680, 1120, C),
    ("Rochester", "146", 4316, -7761, 1090, E),
    ("Grand Rapids", "495", 4296, -8567, 1090, E),
    ("Tucson", "857", 3222, -11_097, 1040, A),
    ("Tulsa", "741", 3615, -9599, 1020, C),
    ("Fresno", "937", 3674, -11_979, 1010, P),
    ("Worcester", "016", 4226, -7180, 980, E),
    ("Omaha", "681", 4126, -9593, 970, C),
    ("Bridgeport", "066", 4118, -7319, 960, E),
    ("Greenville", "296", 3485, -8239, 930, E),
    ("Albuquerque", "871", 3508, -10_665, 920, M),
    ("Bakersfield", "933", 3537, -11_902, 910, P),
    ("Albany", "122", 4265, -7376, 900, E),
    ("Knoxville", "379", 3596, -8392, 880, E),
    ("Baton Rouge", "708", 3045, -9119, 870, C),
    ("McAllen", "785", 2620, -9823, 870, C),
    ("New Haven", "065", 4131, -7292, 860, E),
    ("El Paso", "799", 3176, -10_649, 870, M),
    ("Allentown", "181", 4060, -7547, 860, E),
    ("Oxnard", "930", 3420, -11_918, 840, P),
    ("Columbia", "292", 3400, -8103, 830, E),
    ("North Port", "342", 2704, -8224, 830, E),
    ("Dayton", "454", 3976, -8419, 810, E),
    ("Charleston", "294", 3278, -7993, 800, E),
    ("Greensboro", "274", 3607, -7979, 780, E),
    ("Stockton", "952", 3796, -12_129, 780, P),
    ("Cape Coral", "339", 2656, -8195, 760, E),
    ("Boise", "837", 4362, -11_621, 760, M),
    ("Colorado Springs", "809", 3883, -10_482, 760, M),
    ("Little Rock", "722", 3475, -9229, 750, C),
    ("Lakeland", "338", 2804, -8195, 730, E),
    ("Des Moines", "503", 4159, -9362, 710, C),
    ("Akron", "443", 4108, -8152, 700, E),
    ("Springfield", "011", 4210, -7259, 700, E),
    ("Poughkeepsie", "126", 4170, -7393, 700, E),
    ("Ogden", "844", 4122, -11_197, 690, M),
    ("Madison", "537", 4307, -8940, 680, C),
    ("Winston-Salem", "271", 3610, -8024, 680, E),
    ("Deltona", "327", 2890, -8126, 670, E),
    ("Syracuse", "132", 4305, -7615, 660, E),
    ("Durham", "277", 3599, -7890, 650, E),
    ("Wichita", "672", 3769, -9734, 650, C),
    ("Toledo", "436", 4165, -8354, 650, E),
    ("Augusta", "309", 3347, -8197, 610, E),
    ("Palm Bay", "329", 2803, -8059, 610, E),
    ("Jackson", "392", 3230, -9018, 620, C),
    ("Harrisburg", "171", 4027, -7688, 590, E),
    ("Spokane", "992", 4766, -11_743, 590, P),
    ("Scranton", "185", 4141, -7566, 570, E),
    ("Chattanooga", "374", 3505, -8531, 560, E),
    ("Modesto", "953", 3764, -12_099, 550, P),
    ("Lansing", "489", 4273, -8456, 540, E),
    ("Fayetteville", "727", 3606, -9416, 550, C),
    ("Reno", "895", 3953, -11_981, 490, P),
    ("Springfield MO", "658", 3721, -9329, 480, C),
];

/// All areas, the largest first.
pub(super) fn metros() -> Vec<Metro> {
    let metro = |&(name, prefix, latitude, longitude, people, time_zone): &Row| Metro {
        name,
        prefix,
        latitude,
        longitude,
        people,
        time_zone,
    };
    let mut metros: Vec<Metro> = ROWS.iter().map(metro).collect();
    metros.sort_by_key(|metro| std::cmp::Reverse(metro.people));
    metros
}

/// A squared distance for comparisons, from positions in degrees.
///
/// The cosine is a polynomial: the standard one may differ in its last digit between platforms.
pub(super) fn squared_distance(a: (f64, f64), b: (f64, f64)) -> f64 {
    let middle = (a.0 + b.0) / 2.0 * (std::f64::consts::PI / 180.0);
    let square = middle * middle;
    let cosine = 1.0 - square / 2.0 + square * square / 24.0 - square * square * square / 720.0;
    let (north, east) = (a.0 - b.0, (a.1 - b.1) * cosine);
    north * north + east * east
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::network::haversine_km;
    use jiff::tz::TimeZone;
    use std::collections::BTreeSet;

    #[test]
    fn every_area_has_its_own_prefix_and_lies_in_the_contiguous_states() {
        let metros = metros();
        let prefixes: BTreeSet<&str> = metros.iter().map(|metro| metro.prefix).collect();
        assert_eq!(prefixes.len(), metros.len());
        for metro in &metros {
            assert!((2450..4940).contains(&metro.latitude), "{}", metro.name);
            assert!((-12_480..-6690).contains(&metro.longitude), "{}", metro.name);
            assert!(TimeZone::get(metro.time_zone).is_ok(), "{}", metro.name);
        }
    }

    #[test]
    fn squared_distances_are_near_the_great_circle() {
        let (miami, seattle) = ((25.76, -80.19), (47.61, -122.33));
        let km = squared_distance(miami, seattle).sqrt() * haversine_km((0.0, 0.0), (1.0, 0.0));
        let exact = haversine_km(miami, seattle);
        assert!((km / exact - 1.0).abs() < 0.05, "{km} {exact}");
    }
}
