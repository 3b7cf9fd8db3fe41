//! Which addresses may be connected to. Deny by default: what is not plainly the public Internet is refused unless the
//! configuration lists it.
//!
//! Two checks cover every connection. A host given as an address is judged by [`Guard::check_url`], at every hop, for
//! the connector asks no resolver then. A name is resolved by [`Guard::screen`]'s caller, and the addresses that pass
//! are the very ones handed to the connector: there is no second look-up that could answer otherwise.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::sync::Arc;

use ipnet::IpNet;
use url::Host;

use crate::model::url::WebUrl;

/// IPv4 networks that are not the public Internet (the IANA special-purpose registry), and what they are.
const CLOSED_V4: &[([u8; 4], u8, &str)] = &[
    ([0, 0, 0, 0], 8, "this host"),
    ([10, 0, 0, 0], 8, "private"),
    ([100, 64, 0, 0], 10, "carrier-grade NAT"),
    ([127, 0, 0, 0], 8, "loopback"),
    ([169, 254, 0, 0], 16, "link-local, cloud metadata"),
    ([172, 16, 0, 0], 12, "private"),
    ([192, 0, 0, 0], 24, "protocol assignments"),
    ([192, 0, 2, 0], 24, "documentation"),
    ([192, 31, 196, 0], 24, "AS112"),
    ([192, 52, 193, 0], 24, "AMT"),
    ([192, 88, 99, 0], 24, "6to4 relay"),
    ([192, 168, 0, 0], 16, "private"),
    ([192, 175, 48, 0], 24, "AS112"),
    ([198, 18, 0, 0], 15, "benchmarking"),
    ([198, 51, 100, 0], 24, "documentation"),
    ([203, 0, 113, 0], 24, "documentation"),
    // Public by number, but answered by the hypervisor to each guest: Azure's metadata and agent endpoint.
    ([168, 63, 129, 16], 32, "cloud metadata"),
    ([224, 0, 0, 0], 4, "multicast"),
    ([240, 0, 0, 0], 4, "reserved, broadcast"),
];

/// IPv6 networks inside 2000::/3 that are not the public Internet. All outside it is refused anyway.
const CLOSED_V6: &[([u16; 8], u8, &str)] = &[
    ([0x2001, 0, 0, 0, 0, 0, 0, 0], 32, "Teredo"),
    ([0x2001, 0, 0, 0, 0, 0, 0, 0], 23, "protocol assignments"),
    ([0x2001, 0xdb8, 0, 0, 0, 0, 0, 0], 32, "documentation"),
    ([0x2002, 0, 0, 0, 0, 0, 0, 0], 16, "6to4"),
    ([0x3fff, 0, 0, 0, 0, 0, 0, 0], 20, "documentation"),
];

/// Names for what lies outside 2000::/3, for the message.
const OUTSIDE_V6: &[([u16; 8], u8, &str)] = &[
    ([0, 0, 0, 0, 0, 0, 0, 0], 128, "unspecified"),
    ([0, 0, 0, 0, 0, 0, 0, 1], 128, "loopback"),
    ([0x64, 0xff9b, 1, 0, 0, 0, 0, 0], 48, "local NAT64"),
    ([0x100, 0, 0, 0, 0, 0, 0, 0], 64, "discard"),
    ([0x5f00, 0, 0, 0, 0, 0, 0, 0], 16, "segment routing"),
    ([0xfc00, 0, 0, 0, 0, 0, 0, 0], 7, "unique local"),
    ([0xfe80, 0, 0, 0, 0, 0, 0, 0], 10, "link-local"),
    ([0xfec0, 0, 0, 0, 0, 0, 0, 0], 10, "site-local"),
    ([0xff00, 0, 0, 0, 0, 0, 0, 0], 8, "multicast"),
];

/// The prefix under which a NAT64 gateway shows IPv4 to a network that has IPv6 alone.
const NAT64: ([u16; 8], u8) = ([0x64, 0xff9b, 0, 0, 0, 0, 0, 0], 96);

/// Ports that speak something else than HTTP and that a link could make us talk to (the Fetch standard's list, with the
/// databases and caches that answer to text lines).
const CLOSED_PORTS: &[u16] = &[
    0, 1, 7, 9, 11, 13, 15, 17, 19, 20, 21, 22, 23, 25, 37, 42, 43, 53, 69, 77, 79, 87, 95, 101, 102, 103, 104, 109,
    110, 111, 113, 115, 117, 119, 123, 135, 137, 138, 139, 143, 161, 179, 389, 427, 465, 512, 513, 514, 515, 526, 530,
    531, 532, 540, 548, 554, 556, 563, 587, 601, 636, 989, 990, 993, 995, 1719, 1720, 1723, 2049, 3306, 3659, 4045,
    4190, 5060, 5061, 5432, 6000, 6379, 6566, 6665, 6666, 6667, 6668, 6669, 6679, 6697, 10080, 11211,
];

/// The rule for one client: what is listed is open, beside the public Internet.
#[derive(Debug, Clone, Default)]
pub(super) struct Guard {
    open: Arc<[IpNet]>,
}

impl Guard {
    /// A guard that lets through the public Internet and `open`.
    pub(super) fn new(open: &[IpNet]) -> Self {
        Self { open: open.into() }
    }

    /// Whether `address` may be connected to; if not, what it is.
    pub(super) fn check(&self, address: IpAddr) -> Result<(), &'static str> {
        // ::ffff:127.0.0.1 is 127.0.0.1 to the kernel.
        let address = address.to_canonical();
        if self.open.iter().any(|network| network.contains(&address)) {
            return Ok(());
        }
        match address {
            IpAddr::V4(v4) => check_v4(v4),
            IpAddr::V6(v6) => match embedded_by_nat64(v6) {
                // On a network with NAT64 every IPv4-only site has such an address: the site behind it is judged.
                Some(v4) => self.check(IpAddr::V4(v4)),
                None => check_v6(v6),
            },
        }
    }

    /// Judges what can be judged before a look-up: the port, and the host where it is an address. `url` has turned
    /// every spelling of one (decimal, hexadecimal, octal, short) into the address.
    pub(super) fn check_url(&self, url: &WebUrl) -> Result<(), String> {
        let parsed = url.as_url();
        if let Some(port) = parsed.port()
            && CLOSED_PORTS.contains(&port)
        {
            return Err(format!("port {port} is not one that web servers use"));
        }
        let address = match parsed.host() {
            Some(Host::Ipv4(address)) => IpAddr::V4(address),
            Some(Host::Ipv6(address)) => IpAddr::V6(address),
            // Loopback by definition (RFC 6761), also for a proxy that would look the name up itself.
            Some(Host::Domain(name)) if is_localhost(name) => IpAddr::V4(Ipv4Addr::LOCALHOST),
            Some(Host::Domain(_)) => return Ok(()),
            None => return Err("it has no host".to_owned()),
        };
        self.check(address).map_err(|kind| refusal(address, kind))
    }

    /// Of a name's addresses, those that may be connected to; the reason, if that is none of them.
    pub(super) fn screen(&self, addresses: impl Iterator<Item = IpAddr>) -> Result<Vec<IpAddr>, String> {
        let mut refused = None;
        let mut passed = Vec::new();
        for address in addresses {
            match self.check(address) {
                Ok(()) => passed.push(address),
                Err(kind) => refused = Some((address, kind)),
            }
        }
        match refused {
            Some((address, kind)) if passed.is_empty() => Err(refusal(address, kind)),
            _ => Ok(passed),
        }
    }
}

fn is_localhost(name: &str) -> bool {
    let name = name.strip_suffix('.').unwrap_or(name);
    name == "localhost" || name.ends_with(".localhost")
}

/// The sentence a person reads.
fn refusal(address: IpAddr, kind: &str) -> String {
    format!("{address} is not a public address ({kind}); list its network in `allow_private` if it may be reached")
}

fn check_v4(address: Ipv4Addr) -> Result<(), &'static str> {
    let bits = address.to_bits();
    for &(network, length, kind) in CLOSED_V4 {
        if (bits ^ Ipv4Addr::from(network).to_bits()) >> (32 - u32::from(length)) == 0 {
            return Err(kind);
        }
    }
    Ok(())
}

fn check_v6(address: Ipv6Addr) -> Result<(), &'static str> {
    let is_in = |&(network, length, _): &([u16; 8], u8, &str)| in_v6(address, network, length);
    if let Some((_, _, kind)) = CLOSED_V6.iter().chain(OUTSIDE_V6).find(|entry| is_in(entry)) {
        return Err(kind);
    }
    // Only 2000::/3 is handed out for the public Internet; what else looks like an address embeds an IPv4 address in a
    // way of its own (::a.b.c.d, ::ffff:0:a.b.c.d) or is not assigned.
    if address.segments()[0] >> 13 == 1 { Ok(()) } else { Err("not assigned") }
}

fn in_v6(address: Ipv6Addr, network: [u16; 8], length: u8) -> bool {
    (address.to_bits() ^ Ipv6Addr::from(network).to_bits()) >> (128 - u32::from(length)) == 0
}

fn embedded_by_nat64(address: Ipv6Addr) -> Option<Ipv4Addr> {
    let [.., a, b, c, d] = address.octets();
    in_v6(address, NAT64.0, NAT64.1).then(|| Ipv4Addr::new(a, b, c, d))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What an address is refused as; empty if it is not.
    fn verdict(open: &[&str], address: &str) -> &'static str {
        let open: Vec<IpNet> = open.iter().map(|network| network.parse().unwrap()).collect();
        Guard::new(&open).check(address.parse().unwrap()).err().unwrap_or_default()
    }

    const CLOSED: &[(&str, &str)] = &[
        ("0.0.0.0", "this host"),
        ("0.1.2.3", "this host"),
        ("10.0.0.1", "private"),
        ("100.64.0.1", "carrier-grade NAT"),
        ("100.100.100.200", "carrier-grade NAT"),
        ("100.127.255.255", "carrier-grade NAT"),
        ("127.0.0.1", "loopback"),
        ("127.255.255.254", "loopback"),
        ("169.254.169.254", "link-local, cloud metadata"),
        ("172.16.0.1", "private"),
        ("172.31.255.255", "private"),
        ("192.0.0.192", "protocol assignments"),
        ("192.0.2.1", "documentation"),
        ("192.88.99.1", "6to4 relay"),
        ("192.168.1.1", "private"),
        ("198.18.0.1", "benchmarking"),
        ("198.19.255.255", "benchmarking"),
        ("198.51.100.7", "documentation"),
        ("203.0.113.9", "documentation"),
        ("168.63.129.16", "cloud metadata"),
        ("224.0.0.1", "multicast"),
        ("239.255.255.250", "multicast"),
        ("240.0.0.1", "reserved, broadcast"),
        ("255.255.255.255", "reserved, broadcast"),
        ("::", "unspecified"),
        ("::1", "loopback"),
        ("::7f00:1", "not assigned"),
        ("::ffff:127.0.0.1", "loopback"),
        ("::ffff:169.254.169.254", "link-local, cloud metadata"),
        ("::ffff:0:127.0.0.1", "not assigned"),
        ("64:ff9b::127.0.0.1", "loopback"),
        ("64:ff9b::a00:1", "private"),
        ("64:ff9b:1::a00:1", "local NAT64"),
        ("100::1", "discard"),
        ("2001::1", "Teredo"),
        ("2001:0:4136:e378:8000:63bf:3fff:fdd2", "Teredo"),
        ("2001:2::1", "protocol assignments"),
        ("2001:10::1", "protocol assignments"),
        ("2001:db8::1", "documentation"),
        ("2002:7f00:1::1", "6to4"),
        ("3fff::1", "documentation"),
        ("4000::1", "not assigned"),
        ("5f00::1", "segment routing"),
        ("fc00::1", "unique local"),
        ("fd00:ec2::254", "unique local"),
        ("fe80::1", "link-local"),
        ("febf::1", "link-local"),
        ("fec0::1", "site-local"),
        ("ff02::1", "multicast"),
    ];

    #[test]
    fn only_the_public_internet_passes() {
        for (address, kind) in CLOSED {
            assert_eq!(verdict(&[], address), *kind, "{address}");
        }
        for address in [
            "1.1.1.1",
            "9.255.255.255",
            "11.0.0.0",
            "100.63.255.255",
            "100.128.0.0",
            "172.15.255.255",
            "172.32.0.0",
            "192.0.1.0",
            "198.17.255.255",
            "198.20.0.0",
            "223.255.255.255",
            "::ffff:8.8.8.8",
            "64:ff9b::808:808",
            "2001:200::1",
            "2606:4700::1111",
            "2a00:1450:4001::1",
        ] {
            assert_eq!(verdict(&[], address), "", "{address}");
        }
    }

    #[test]
    fn a_listed_network_is_open_in_each_of_its_spellings_and_no_other_is() {
        assert_eq!(verdict(&["127.0.0.0/8"], "127.0.0.1"), "");
        assert_eq!(verdict(&["127.0.0.0/8"], "::ffff:127.0.0.1"), "");
        assert_eq!(verdict(&["127.0.0.0/8"], "10.0.0.1"), "private");
        assert_eq!(verdict(&["127.0.0.0/8"], "::1"), "loopback");
        assert_eq!(verdict(&["fd00::/8"], "fd00:ec2::254"), "");
        assert_eq!(verdict(&["10.1.0.0/16"], "10.2.0.1"), "private");
    }

    #[test]
    fn a_url_is_judged_by_its_port_and_its_literal_host() {
        let guard = Guard::default();
        let refused = |text: &str| guard.check_url(&WebUrl::parse(text).unwrap()).is_err();
        for text in [
            "http://127.0.0.1/",
            "http://2130706433/",
            "http://0x7f.1/",
            "http://017700000001/",
            "http://127.1/",
            "http://0/",
            "http://[::1]/",
            "http://[::ffff:7f00:1]/",
            "http://１２７.0.0.1/",
            "https://a.test:22/",
            "http://a.test:6379/",
            "http://a.test:25/",
            "http://localhost/",
            "http://x.LocalHost./",
        ] {
            assert!(refused(text), "{text} should be refused");
        }
        for text in ["http://a.test/", "https://a.test:8443/", "http://1.1.1.1:8080/", "http://localhost.test/"] {
            assert!(!refused(text), "{text} passes to the look-up");
        }
    }

    #[test]
    fn of_mixed_answers_the_public_ones_are_kept() {
        let guard = Guard::default();
        let answers: [IpAddr; 3] =
            ["10.0.0.1".parse().unwrap(), "93.184.216.34".parse().unwrap(), "::1".parse().unwrap()];
        assert_eq!(guard.screen(answers.into_iter()).unwrap(), [answers[1]]);
        assert_eq!(
            guard.screen(answers.into_iter().take(1)).unwrap_err(),
            "10.0.0.1 is not a public address (private); list its network in `allow_private` if it may be reached"
        );
    }
}
