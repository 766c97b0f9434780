using System.Text.Json.Nodes;
using k8s;
using k8s.Models;
using Microsoft.Extensions.Logging.Abstractions;
using ModelOperator.Kubernetes.Cache;
using ModelOperator.Kubernetes.Client;
using ModelOperator.Kubernetes.Entities;
using ModelOperator.Kubernetes.Tests.Client;
using ModelOperator.Testing;

namespace ModelOperator.Kubernetes.Tests.Cache;

/// <summary>The cache of a real API server.</summary>
[TestFixture]
[Category("ApiServer")]
[Parallelizable(ParallelScope.All)]
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
[CancelAfter(120_000)]
public sealed class ApiServerReflectorTests
{
    private readonly EntityCache<ConfigMap> _cache = new(NullLogger<EntityCache<ConfigMap>>.Instance);
    private readonly RecordingHandler _handler = new();
    private ApiServerFixture _server = null!;
    private TestNamespace _namespace = null!;

    [SetUp]
    public async Task SetUp()
    {
        _server = await SharedApiServer.GetAsync();
        _namespace = await _server.CreateNamespaceAsync();
        _cache.AddHandler(_handler);
    }

    [TearDown]
    public async Task TearDown() => await _namespace.DisposeAsync();

    [Test]
    public async Task What_happens_on_the_server_shows_in_the_cache(CancellationToken cancellationToken)
    {
        await Create("a", cancellationToken);
        await using var running = Run(_server.Client);
        await _cache.Synced.WaitAsync(cancellationToken);
        await Create("b", cancellationToken);
        await Patch("a", new JsonObject { ["data"] = new JsonObject { ["k"] = "v" } }, cancellationToken);
        await Eventually.TrueAsync(() => _cache.Get(_namespace.Name, "a")?.Data?.GetValueOrDefault("k") == "v", "the change shows");
        await _server.World.CoreV1.DeleteNamespacedConfigMapAsync("b", _namespace.Name, cancellationToken: cancellationToken);
        await Eventually.TrueAsync(() => _cache.Get(_namespace.Name, "b") is null, "the deletion shows");

        Assert.That(_handler.Heard.Select(h => h[..2]), Is.EqualTo(new[] { "+a", "+b", "~a", "-b" }));
    }

    [Test]
    public async Task When_the_server_has_forgotten_its_place_it_lists_and_misses_nothing(CancellationToken cancellationToken)
    {
        // The history of a type begins when the server comes to know it: it says 410 to whoever asks for what was before.
        await using var things = await ThingsAsync(cancellationToken);
        using var forgetful = new ForgottenPlace();
        using var handler = new CountingHandler(forgetful.Change);
        using var client = handler.Client(_server.Configuration);
        await things.CreateAsync("gone");
        await things.CreateAsync("replaced");
        await using var running = Run(client, type: things.Type);
        await _cache.Synced.WaitAsync(cancellationToken);
        await forgetful.WatchArrived.WaitAsync(cancellationToken);

        await things.DeleteAsync("gone");
        await things.DeleteAsync("replaced");
        await things.CreateAsync("replaced");
        forgetful.Release();
        await Eventually.TrueAsync(() => _handler.Heard.Count == 5, "all was heard of");
        await things.CreateAsync("later");
        await Eventually.TrueAsync(() => _cache.Get(_namespace.Name, "later") is not null, "it watches on");

        using (Assert.EnterMultipleScope())
        {
            Assert.That(forgetful.Watches, Is.EqualTo(2));
            Assert.That(forgetful.Lists, Is.EqualTo(2));
            Assert.That(
                _handler.Heard.Skip(2).Take(3).Select(h => h.TrimEnd([.. "0123456789"])),
                Is.EquivalentTo(new[] { "-gone", "-replaced", "+replaced" }));
        }
    }

    [Test]
    public async Task Only_what_is_labelled_is_kept_and_what_loses_its_label_is_gone(CancellationToken cancellationToken)
    {
        await using var running = Run(_server.Client, "ours=true");
        await _cache.Synced.WaitAsync(cancellationToken);
        await Create("theirs", cancellationToken);
        await Create("ours", cancellationToken, ("ours", "true"));
        await Eventually.TrueAsync(() => _cache.Get(_namespace.Name, "ours") is not null, "what is labelled shows");
        await Patch(
            "ours",
            new JsonObject { ["metadata"] = new JsonObject { ["labels"] = new JsonObject { ["ours"] = null } } },
            cancellationToken);
        await Eventually.TrueAsync(() => _cache.List().Count == 0, "what is no longer labelled goes");

        Assert.That(_handler.Heard.Select(h => h.TrimEnd([.. "0123456789"])), Is.EqualTo(new[] { "+ours", "-ours" }));
    }

    private Task<V1ConfigMap> Create(string name, CancellationToken cancellationToken, params (string Key, string Value)[] labels) =>
        _server.World.CoreV1.CreateNamespacedConfigMapAsync(
            new V1ConfigMap
            {
                Metadata = new V1ObjectMeta { Name = name, Labels = labels.ToDictionary(l => l.Key, l => l.Value, StringComparer.Ordinal) },
            },
            _namespace.Name,
            cancellationToken: cancellationToken);

    private Task<V1ConfigMap> Patch(string name, JsonObject patch, CancellationToken cancellationToken) =>
        _server.World.CoreV1.PatchNamespacedConfigMapAsync(patch.MergePatch(), name, _namespace.Name, cancellationToken: cancellationToken);

    private RunningReflector Run(IKubernetesClient client, string? labelSelector = null, ResourceType<ConfigMap>? type = null)
    {
        // Other programs of a cluster put config maps into every namespace.
        var options = new ReflectorOptions
        {
            Namespace = _namespace.Name,
            LabelSelector = labelSelector,
            FieldSelector = "metadata.name!=kube-root-ca.crt",
        };
        return new RunningReflector(new Reflector<ConfigMap>(
            client, type ?? Resources.ConfigMaps, _cache, options, TimeProvider.System, NullLogger<Reflector<ConfigMap>>.Instance));
    }

    /// <summary>A new type, of objects that look like config maps.</summary>
    private async Task<Things> ThingsAsync(CancellationToken cancellationToken)
    {
        var things = new Things(_server.World, $"{_namespace.Name}.tests.dev", _namespace.Name);
        await _server.World.ApiextensionsV1.CreateCustomResourceDefinitionAsync(things.Definition, cancellationToken: cancellationToken);
        await Eventually.TrueAsync(things.IsServedAsync, "the new type is served");
        return things;
    }

    private sealed class Things(IKubernetes world, string group, string @namespace) : IAsyncDisposable
    {
        public ResourceType<ConfigMap> Type { get; } = new(group, "v1", "Thing", "things", true, EntityJsonContext.Default.ConfigMap);

        public V1CustomResourceDefinition Definition { get; } = new()
        {
            Metadata = new V1ObjectMeta { Name = $"things.{group}" },
            Spec = new V1CustomResourceDefinitionSpec
            {
                Group = group,
                Scope = "Namespaced",
                Names = new V1CustomResourceDefinitionNames { Kind = "Thing", Plural = "things" },
                Versions =
                [
                    new V1CustomResourceDefinitionVersion
                    {
                        Name = "v1",
                        Served = true,
                        Storage = true,
                        Schema = new V1CustomResourceValidation { OpenAPIV3Schema = new V1JSONSchemaProps { Type = "object" } },
                    },
                ],
            },
        };

        // The watch cache of a type is there a moment after the type is.
        public async Task<bool> IsServedAsync()
        {
            try
            {
                await world.CustomObjects.ListNamespacedCustomObjectAsync(group, "v1", @namespace, "things", resourceVersion: "0");
                return true;
            }
            catch (k8s.Autorest.HttpOperationException)
            {
                return false;
            }
        }

        public Task CreateAsync(string name) => world.CustomObjects.CreateNamespacedCustomObjectAsync(
            new V1ConfigMap { ApiVersion = $"{group}/v1", Kind = "Thing", Metadata = new V1ObjectMeta { Name = name } },
            group, "v1", @namespace, "things");

        public Task DeleteAsync(string name) =>
            world.CustomObjects.DeleteNamespacedCustomObjectAsync(group, "v1", @namespace, "things", name);

        public async ValueTask DisposeAsync() => await world.ApiextensionsV1.DeleteCustomResourceDefinitionAsync(Definition.Metadata.Name);
    }

    private sealed class RunningReflector : IAsyncDisposable
    {
        private readonly CancellationTokenSource _stop = new();
        private readonly Task _run;

        public RunningReflector(Reflector<ConfigMap> reflector) => _run = Task.Run(() => reflector.RunAsync(_stop.Token));

        public async ValueTask DisposeAsync()
        {
            await _stop.CancelAsync();
            await _run;
            _stop.Dispose();
        }
    }

    /// <summary>Holds the first watch back, and sends it to a version the server no longer has.</summary>
    private sealed class ForgottenPlace : IDisposable
    {
        private readonly ManualResetEventSlim _released = new();
        private readonly TaskCompletionSource _arrived = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public int Lists { get; private set; }

        public int Watches { get; private set; }

        public Task WatchArrived => _arrived.Task;

        public void Release() => _released.Set();

        public void Change(HttpRequestMessage request)
        {
            if (!request.RequestUri!.Query.Contains("watch=true", StringComparison.Ordinal))
            {
                Lists++;
                return;
            }

            if (++Watches > 1)
            {
                return;
            }

            _arrived.SetResult();
            _released.Wait(TimeSpan.FromSeconds(20));
            request.RequestUri = new Uri(
                System.Text.RegularExpressions.Regex.Replace(
                    request.RequestUri.AbsoluteUri, "resourceVersion=[0-9]+", "resourceVersion=1", default, TimeSpan.FromSeconds(1)));
        }

        public void Dispose() => _released.Dispose();
    }
}
