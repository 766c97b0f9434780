using System.Net;
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

    [TestCase("127.0.0.1")]
    [TestCase("127.8.8.8")]
    [TestCase("::1")]
    [TestCase("::ffff:127.0.0.1")]
    public void The_pod_itself_is_allowed_only_where_it_is_said_to_be(string address)
    {
        Assert.That(Refusal("private", address), Does.EndWith("is the pod itself, which the installation does not allow"));
        Assert.That(Refusal("loopback", address), Is.Null);
    }

    [TestCase("169.254.169.254")]
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
        Assert.That(problem, Does.StartWith($"'{list}' is no network, want networks such as 10.96.0.0/12"));
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
            Assert.That(failure.Message, Does.EndWith("is the pod itself, which the installation does not allow"));
        }
    }

    private static string? Refusal(string list, string address) => FetchTesting.Networks(list).Refusal(IPAddress.Parse(address));
}
