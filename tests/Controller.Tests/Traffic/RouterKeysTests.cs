using System.Text.Json.Nodes;
using ModelOperator.Controller.Traffic;
using ModelOperator.Evidence;
using ModelOperator.Kubernetes.Entities;
using ModelOperator.Testing;

namespace ModelOperator.Controller.Tests.Traffic;

/// <summary>The keys that the operator shares with the routers of a namespace.</summary>
public sealed class RouterKeysTests
{
    private static readonly Pod Router = Pods.Router("model-router-1", Pods.MakeReady);

    private readonly PlayedSecrets _secrets = new();
    private readonly ManualTimeProvider _time = new();

    [Test]
    public async Task A_namespace_gets_keys_once_and_its_routers_take_what_is_signed_with_them()
    {
        RouterKeys keys = new(_secrets, _time);
        await EnsureAsync(keys);
        NamespaceKeys first = Stored();
        await EnsureAsync(keys);

        string token = (await keys.TokenForAsync(Router, CancellationToken.None))!;

        Assert.That(Stored().ToText(), Is.EqualTo(first.ToText()));
        Assert.That(RouterToken.IsFor("model-router-1", first, token), Is.True);
        Assert.That(RouterToken.IsFor("model-router-2", first, token), Is.False, "it is good for one router");
    }

    [Test]
    public async Task An_operator_that_starts_reads_the_keys_and_not_at_every_request()
    {
        await EnsureAsync(new RouterKeys(_secrets, _time));
        int reads = _secrets.Reads;
        RouterKeys started = new(_secrets, _time);

        string? token = await started.TokenForAsync(Router, CancellationToken.None);
        await started.TokenForAsync(Router, CancellationToken.None);

        Assert.That(RouterToken.IsFor("model-router-1", Stored(), token!), Is.True);
        Assert.That(_secrets.Reads, Is.EqualTo(reads + 1));
    }

    [Test]
    public async Task The_next_key_signs_when_everybody_knows_it_and_the_one_before_is_accepted_until_the_one_after()
    {
        RouterKeys keys = new(_secrets, _time);
        await EnsureAsync(keys);
        NamespaceKeys before = Stored();
        _time.Advance(NamespaceKeys.Lifetime);
        await EnsureAsync(keys);
        string early = (await keys.TokenForAsync(Router, CancellationToken.None))!;
        _time.Advance(TimeSpan.FromMinutes(10));
        string late = (await keys.TokenForAsync(Router, CancellationToken.None))!;

        Assert.That(RouterToken.IsFor("model-router-1", before, early), Is.True, "a router that has not read the next key yet takes it");
        Assert.That(RouterToken.IsFor("model-router-1", before, late), Is.False);
        Assert.That((RouterToken.IsFor("model-router-1", Stored(), early), RouterToken.IsFor("model-router-1", Stored(), late)), Is.EqualTo((true, true)));
        _time.Advance(NamespaceKeys.Lifetime);
        await EnsureAsync(keys);
        Assert.That((RouterToken.IsFor("model-router-1", Stored(), early), RouterToken.IsFor("model-router-1", Stored(), late)), Is.EqualTo((false, true)));
    }

    [TestCase("app.kubernetes.io/managed-by", "somebody")]
    [TestCase(null, "1 AAAA")]
    [TestCase(null, "")]
    [TestCase(null, "keys")]
    public async Task Keys_that_the_operator_did_not_make_are_replaced(string? label, string value)
    {
        RouterKeys keys = new(_secrets, _time);
        await EnsureAsync(keys);
        JsonObject secret = _secrets.Objects["vision/model-router-keys"];
        byte[] first = Stored().ToText();
        if (label is not null) secret["metadata"]!["labels"]![label] = value;
        else secret["data"]!["keys"] = Convert.ToBase64String(System.Text.Encoding.ASCII.GetBytes(value));

        await EnsureAsync(keys);

        Assert.That(Stored().ToText(), Is.Not.EqualTo(first));
    }

    private Task EnsureAsync(RouterKeys keys) => keys.EnsureAsync("vision", [Models.Digits()], CancellationToken.None);

    private NamespaceKeys Stored()
    {
        byte[] text = Convert.FromBase64String((string)_secrets.Objects["vision/model-router-keys"]["data"]!["keys"]!);
        Assert.That(NamespaceKeys.TryParse(text, out NamespaceKeys? keys), Is.True);
        return keys!;
    }
}
