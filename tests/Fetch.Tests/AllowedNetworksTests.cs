using System.Net;
using FsCheck;
using FsCheck.Fluent;
using ModelOperator.Addressing;

namespace ModelOperator.Fetch.Tests;

public sealed class AllowedNetworksTests : FetchFixture
{
    [TestCase("93.184.216.34")]
    [TestCase("2606:2800:220:1::1")]
    [TestCase("172.32.0.1")]
    [TestCase("64:ff9b::5db8:d822")]
    public void Public_addresses_are_allowed(string address) => Assert.That(Refusal("", address), Is.Null);

    [TestCase("10.0.0.1")]
    [TestCase("172.16.0.1")]
    [TestCase("172.31.255.255")]
    [TestCase("192.168.1.1")]
    [TestCase("100.64.0.1")]
    [TestCase("198.18.0.1")]
    [TestCase("fd12:3456::1")]
    [TestCase("::ffff:10.0.0.1")]
    [TestCase("64:ff9b::10.0.0.1")]
    [TestCase("2002:a00:1::")]
    [TestCase("::10.0.0.1")]
    public void Private_addresses_are_allowed_only_where_they_are_said_to_be(string address)
    {
        Assert.That(Refusal("", address), Does.EndWith("is a private address, which the installation does not allow"));
        Assert.That(Refusal("loopback", address), Is.Not.Null);
        Assert.That(Refusal("private", address), Is.Null);
    }

    [Test]
    public void Public_is_a_word_for_nothing_more_than_public_addresses()
    {
        Assert.That(Refusal("public", "93.184.216.34"), Is.Null);
        Assert.That(new[] { "10.0.0.1", "127.0.0.1", "169.254.169.254" }.Select(address => Refusal("public", address)), Has.All.Not.Null);
    }

    [TestCase("169.254.169.254", true)]
    [TestCase("fd20:ce::254", true)]
    [TestCase("93.184.216.34", true)]
    [TestCase("10.0.0.1", false)]
    [TestCase("127.0.0.1", false)]
    public void The_service_that_hands_out_identities_is_no_server_of_the_cluster(string address, bool allowed) =>
        Assert.That(AllowedNetworks.PublicOnly.RefusalOfIdentity(IPAddress.Parse(address)), allowed ? Is.Null : Is.Not.Null);

    [TestCase("127.0.0.1")]
    [TestCase("127.8.8.8")]
    [TestCase("::1")]
    [TestCase("::ffff:127.0.0.1")]
    public void The_pod_itself_is_allowed_only_where_it_is_said_to_be(string address)
    {
        Assert.That(Refusal("private", address), Does.EndWith("is a loopback address, which the installation does not allow"));
        Assert.That(Refusal("loopback", address), Is.Null);
    }

    [TestCase("169.254.169.254")]
    [TestCase("169.254.170.2")]
    [TestCase("169.254.42.42")]
    [TestCase("fd20:ce::254")]
    [TestCase("fd00:c1::a9fe:a9fe")]
    [TestCase("fd00:a9fe:a9fe::1")]
    [TestCase("fd00:42::42")]
    [TestCase("fd00:ec2::23")]
    [TestCase("192.80.8.124")]
    [TestCase("100.96.0.96")]
    [TestCase("192.0.0.192")]
    [TestCase("::ffff:0:169.254.169.254")]
    [TestCase("2002:a9fe:a9fe::1")]
    [TestCase("64:ff9b:1::169.254.169.254")]
    [TestCase("64:ff9b:1:a9fe:a9:fe00::")]
    [TestCase("2a00:1450:a9fe:a9fe::")]
    [TestCase("2a00:1450:64::169.254.169.254")]
    [TestCase("2a00:1450:1:2:0:5efe:169.254.169.254")]
    [TestCase("fe80::a9fe:a9fe%3")]
    [TestCase("::ffff:169.254.169.254")]
    [TestCase("64:ff9b::169.254.169.254")]
    [TestCase("fe80::1")]
    [TestCase("fd00:ec2::254")]
    [TestCase("100.100.100.200")]
    [TestCase("168.63.129.16")]
    [TestCase("0.0.0.0")]
    [TestCase("::")]
    [TestCase("224.0.0.1")]
    [TestCase("255.255.255.255")]
    public void Metadata_services_and_what_is_no_machine_are_never_allowed(string address) =>
        Assert.That(Refusal("private,loopback,0.0.0.0/0,::/0", address), Is.Not.Null);

    [FsCheck.NUnit.Property(MaxTest = 2000)]
    public Property An_address_is_judged_alike_in_every_form_that_leads_to_it() => Prop.ForAll(
        (from first in Gen.Elements<byte>(10, 100, 127, 168, 169, 172, 192, 224, 93)
         from second in Gen.Elements<byte>(0, 16, 63, 64, 100, 168, 254)
         from third in Gen.Elements<byte>(0, 100, 129, 169)
         from last in Gen.Elements<byte>(1, 16, 192, 200, 254)
         from list in Gen.Elements("", "private", "loopback", "10.0.0.0/8", "private,loopback,0.0.0.0/0,::/0")
         select (Plain: new IPAddress([first, second, third, last]), list)).ToArbitrary(),
        test =>
        {
            string text = test.Plain.ToString();
            byte[] b = test.Plain.GetAddressBytes();
            string hex = $"{b[0]:x2}{b[1]:x2}:{b[2]:x2}{b[3]:x2}";
            string? expected = Refusal(test.list, text);
            return new[]
            {
                $"::ffff:{text}",
                $"::ffff:0:{text}",
                $"::{text}",
                $"64:ff9b::{text}",
                $"2002:{hex}::",
                $"2a00:1:2:3:0:5efe:{text}",
            }
                .All(form => Refusal(test.list, form) == expected);
        });

    [FsCheck.NUnit.Property(MaxTest = 500)]
    public Property A_metadata_service_behind_any_translator_is_never_allowed() => Prop.ForAll(
        (from prefix in Gen.Elements(4, 5, 6, 7, 8, 12)
         from rest in Gen.Choose(0, 255).Select(b => (byte)b).ArrayOf(16)
         from service in Gen.Elements("169.254.169.254", "100.100.100.200", "168.63.129.16")
         select Translated(rest, prefix, IPAddress.Parse(service))).ToArbitrary(),
        address => Refusal("private,loopback,0.0.0.0/0,::/0", address.ToString()) is not null);

    [Test]
    public void A_network_is_allowed_and_no_other()
    {
        Assert.That(Refusal("10.96.0.0/12, fd00:10::/32", "10.100.0.1"), Is.Null);
        Assert.That(Refusal("10.96.0.0/12, fd00:10::/32", "fd00:10::5"), Is.Null);
        Assert.That(Refusal("10.96.0.0/12, fd00:10::/32", "10.95.255.255"), Is.Not.Null);
    }

    [TestCase("10.0.0.1")]
    [TestCase("10.0.0.0/33")]
    [TestCase("everything")]
    public void What_is_no_network_is_named(string list)
    {
        Assert.That(AllowedNetworks.TryParse(list, out _, out string problem), Is.False);
        Assert.That(problem, Does.StartWith($"'{list}' is not a network; use networks such as 10.96.0.0/12"));
    }

    [Test]
    public async Task A_name_is_judged_by_the_address_it_has_when_it_is_connected_to()
    {
        await using FileServer store = await FileServer.StartAsync(_ => Task.CompletedTask);

        foreach (string host in (string[])["localhost", "127.0.0.1", "2130706433"])
        {
            TerminatingException failure = await FailureAsync(
                store.Uri("/model", host).OriginalString, options => options with { Networks = AllowedNetworks.PublicOnly });

            Assert.That(failure.Reason, Is.EqualTo(FailureReasons.AddressRefused));
            Assert.That(failure.Message, Does.EndWith("is a loopback address, which the installation does not allow"));
        }
    }

    /// <summary>An address of a public network with an IPv4 address behind its prefix (RFC 6052).</summary>
    private static IPAddress Translated(byte[] rest, int prefix, IPAddress inner)
    {
        byte[] bytes = [.. rest];
        (bytes[0], bytes[8]) = (0x2a, 0);
        for (int i = 0, at = prefix; i < 4; at++)
        {
            if (at != 8)
            {
                bytes[at] = inner.GetAddressBytes()[i++];
            }
        }

        return new IPAddress(bytes);
    }

    private static string? Refusal(string list, string address) => FetchTesting.Networks(list).Refusal(IPAddress.Parse(address));
}
