using System.Text.Json.Nodes;
using ModelOperator.Controller.Traffic;
using ModelOperator.Evidence;
using ModelOperator.Testing;

namespace ModelOperator.Controller.Tests.Traffic;

/// <summary>The keys that the operator shares with the routers of a namespace.</summary>
public sealed class RouterKeysTests
{
    private readonly PlayedSecrets _secrets = new();
    private readonly ManualTimeProvider _time = new();

    [Test]
    public async Task A_namespace_gets_keys_once_and_its_routers_take_what_is_signed_with_them()
    {
        RouterKeys keys = new(_secrets, _time);
        await EnsureAsync(keys);
        NamespaceKeys first = Stored();
        await EnsureAsync(keys);

        string token = await TokenAsync(keys);

        Assert.That(Stored().ToText(), Is.EqualTo(first.ToText()));
        Assert.That(PodToken.IsIn($"Bearer {token}", "model-router-1", first), Is.True);
        Assert.That(PodToken.IsIn($"Bearer {token}", "model-router-2", first), Is.False, "it is good for one router");
    }

    [Test]
    public async Task An_operator_that_starts_reads_the_keys_and_not_at_every_request()
    {
        await EnsureAsync(new RouterKeys(_secrets, _time));
        int reads = _secrets.Reads;
        RouterKeys started = new(_secrets, _time);

        string token = await TokenAsync(started);
        await TokenAsync(started);

        Assert.That(PodToken.IsIn($"Bearer {token}", "model-router-1", Stored()), Is.True);
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
        string early = await TokenAsync(keys);
        _time.Advance(TimeSpan.FromMinutes(10));
        string late = await TokenAsync(keys);

        Assert.That(
            PodToken.IsIn($"Bearer {early}", "model-router-1", before),
            Is.True,
            "a router that has not read the next key yet takes it");
        Assert.That(PodToken.IsIn($"Bearer {late}", "model-router-1", before), Is.False);
        Assert.That(
            (PodToken.IsIn($"Bearer {early}", "model-router-1", Stored()), PodToken.IsIn($"Bearer {late}", "model-router-1", Stored())),
            Is.EqualTo((true, true)));
        _time.Advance(NamespaceKeys.Lifetime);
        await EnsureAsync(keys);
        Assert.That(
            (PodToken.IsIn($"Bearer {early}", "model-router-1", Stored()), PodToken.IsIn($"Bearer {late}", "model-router-1", Stored())),
            Is.EqualTo((false, true)));
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

    [Test]
    public async Task Inference_pods_get_keys_by_which_they_know_a_router_and_can_sign_no_prediction()
    {
        RouterKeys keys = new(_secrets, _time);
        await EnsureAsync(keys);
        Assert.That(NamespaceKeys.TryParse(Data("inference-keys"), out NamespaceKeys? given), Is.True);
        NamespaceKeys routers = Stored();

        Assert.That(
            PodToken.IsIn($"Bearer {PodToken.For("digits-1", routers.OfInferencePods, _time.GetUtcNow())}", "digits-1", given!),
            Is.True);
        Assert.That(routers.IsSigned("prediction", "digits", given!.Sign("prediction", "digits", _time.GetUtcNow())), Is.False);
        Assert.That(routers.IsSigned("router", "model-router-1", given.Sign("router", "model-router-1", _time.GetUtcNow())), Is.False);
    }

    private async Task<string> TokenAsync(RouterKeys keys) =>
        PodToken.For("model-router-1", (await keys.OfAsync("vision", CancellationToken.None))!, _time.GetUtcNow());

    private Task EnsureAsync(RouterKeys keys) => keys.EnsureAsync("vision", [Models.Digits()], CancellationToken.None);

    private NamespaceKeys Stored()
    {
        Assert.That(NamespaceKeys.TryParse(Data("keys"), out NamespaceKeys? keys), Is.True);
        return keys!;
    }

    private byte[] Data(string file) => Convert.FromBase64String((string)_secrets.Objects["vision/model-router-keys"]["data"]![file]!);
}
