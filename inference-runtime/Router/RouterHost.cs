using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using ModelOperator.Evidence;
using ModelOperator.Kubernetes.Client;
using ModelOperator.Router.Admin;
using ModelOperator.Router.Feedback;
using ModelOperator.Router.Forwarding;
using ModelOperator.Router.Recording;
using ModelOperator.Router.Routing;

namespace ModelOperator.Router;

/// <summary>
/// A router process without its watch: two servers, one for traffic and one for probes, metrics and evidence. They are apart
/// because they end apart: traffic first, then, once the operator has read what was counted last, the other.
/// </summary>
internal sealed class RouterHost : IAsyncDisposable
{
    private readonly RouterOptions _options;
    private readonly TimeProvider _timeProvider;
    private readonly WebApplication _traffic;
    private readonly WebApplication _admin;
    private readonly SocketsHttpHandler _podHandler;
    private readonly HttpMessageInvoker _transport;
    private readonly RouterMetrics _metrics;
    private readonly PeerClient _peerClient;
    private readonly FeedbackAccess _access;
    private readonly OutcomeLedger _ledger;
    private readonly OutcomeCounter _outcomes;
    private readonly CancellationTokenSource _ticking = new();
    private Task _ticks = Task.CompletedTask;

    public RouterHost(RouterOptions options, ILoggerFactory loggers, TimeProvider timeProvider, IKubernetesClient? cluster)
    {
        _options = options;
        _timeProvider = timeProvider;
        Evidence = new EvidenceRecorder(timeProvider);
        ILogger log = loggers.CreateLogger<KeyRing>();
        Keys = new KeyRing(options.KeysFile, timeProvider, reason => LogMessages.KeysUnreadable(log, reason));
        _metrics = new RouterMetrics(State);
        _podHandler = PodTransport.Create(options.ConnectTimeout);
        _transport = new HttpMessageInvoker(_podHandler, disposeHandler: false);
        Peers = new RouterPeers(options);
        Readiness = new RouterReadiness(Peers);
        _peerClient = new PeerClient(_podHandler, Peers, Keys, options, timeProvider, loggers.CreateLogger<PeerClient>());
        _outcomes = new OutcomeCounter(
            _ledger = new OutcomeLedger(options.RememberedOutcomes, timeProvider), _peerClient, Evidence, _metrics);
        _access = new FeedbackAccess(cluster, options, timeProvider, loggers.CreateLogger<FeedbackAccess>());
        _traffic = BuildTraffic(loggers);
        _admin = BuildAdmin(loggers);
    }

    /// <summary>The other routers of the namespace; whoever watches the cluster updates them.</summary>
    public RouterPeers Peers { get; }

    /// <summary>The routing in force; whoever watches the cluster updates it.</summary>
    public RoutingState State { get; } = new();

    public RouterReadiness Readiness { get; }

    public EvidenceRecorder Evidence { get; }

    /// <summary>The namespace's keys.</summary>
    public KeyRing Keys { get; }

    public Uri TrafficAddress => AddressOf(_traffic);

    public Uri AdminAddress => AddressOf(_admin);

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        await _admin.StartAsync(cancellationToken);
        await _traffic.StartAsync(cancellationToken);
        _ticks = TickAsync(_ticking.Token);
    }

    /// <summary>Answers what is under way, within <paramref name="cancellationToken"/>, and takes no more.</summary>
    public Task StopTrafficAsync(CancellationToken cancellationToken) => _traffic.StopAsync(cancellationToken);

    public async ValueTask DisposeAsync()
    {
        await _ticking.CancelAsync();
        await _ticks;
        await _traffic.DisposeAsync();
        await _admin.DisposeAsync();
        _access.Dispose();
        _peerClient.Dispose();
        _transport.Dispose();
        _podHandler.Dispose();
        _metrics.Dispose();
        _ticking.Dispose();
    }

    private WebApplication BuildTraffic(ILoggerFactory loggers)
    {
        WebApplicationBuilder builder = NewBuilder(loggers, _options.TrafficPort, kestrel =>
        {
            kestrel.Limits.MaxConcurrentConnections = _options.MaxConnections;
            kestrel.Limits.MaxConcurrentUpgradedConnections = 0;
            // Each model has its own.
            kestrel.Limits.MaxRequestBodySize = null;

            // A little less than a model server takes, which gets one header more.
            kestrel.Limits.MaxRequestHeaderCount = 60;
            kestrel.Limits.MaxRequestHeadersTotalSize = 15 * 1024;
            kestrel.Limits.RequestHeadersTimeout = TimeSpan.FromSeconds(15);
            kestrel.Limits.MinRequestBodyDataRate = new MinDataRate(240, TimeSpan.FromSeconds(5));
            kestrel.Limits.MinResponseDataRate = new MinDataRate(240, TimeSpan.FromSeconds(5));
        });
        builder.Services.AddHttpForwarder();
        builder.Services.AddSingleton(_options)
            .AddSingleton(_timeProvider)
            .AddSingleton(State)
            .AddSingleton(Readiness)
            .AddSingleton(Evidence);
        builder.Services.AddSingleton(_metrics)
            .AddSingleton(_transport)
            .AddSingleton(_podHandler)
            .AddSingleton(new FeedbackBudget(_options.FeedbackMemoryBytes));

        // Half for one client, which may be a gateway: what it sends beyond that is streamed.
        builder.Services.AddSingleton(new BufferBudget(_options.ReplayMemoryBytes, _options.ReplayMemoryBytes / 2));
        builder.Services.AddSingleton(Keys)
            .AddSingleton<PredictionIds>()
            .AddSingleton(new ClientIdMap(_options.RememberedIds, _timeProvider));
        builder.Services.AddSingleton(Peers).AddSingleton(_peerClient).AddSingleton(_outcomes).AddSingleton(_access);
        builder.Services.AddSingleton<FeedbackRelay>().AddSingleton<SelfContainedFeedback>().AddSingleton<FeedbackHandler>();
        builder.Services.AddSingleton<InferenceForwarder>().AddSingleton<TrafficHandler>();

        WebApplication app = builder.Build();
        TrafficHandler handler = app.Services.GetRequiredService<TrafficHandler>();
        app.Run(handler.HandleAsync);
        return app;
    }

    private WebApplication BuildAdmin(ILoggerFactory loggers)
    {
        WebApplicationBuilder builder = NewBuilder(loggers, _options.AdminPort, kestrel =>
        {
            // Other routers come here with outcomes, beside probes and readers.
            kestrel.Limits.MaxConcurrentConnections = 1024;
            kestrel.Limits.MaxRequestBodySize = 0;
        });
        builder.Services.AddRoutingCore();
        builder.Services.AddRouterMetrics();

        WebApplication app = builder.Build();
        var guard = new AdminGuard(Keys, _options, _timeProvider);
        app.Use(next => context => guard.HandleAsync(context, next));
        app.UseRouting();
        AdminEndpoints.Map(app, Readiness, State, Evidence);
        new OutcomeEndpoints(State, _ledger, _outcomes).Map(app);
        app.MapRouterMetrics();
        return app;
    }

    private static WebApplicationBuilder NewBuilder(ILoggerFactory loggers, int port, Action<KestrelServerOptions> configure)
    {
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Services.AddSingleton(loggers);

        // The process ends in an order of its own; a host that heard SIGTERM itself would stop at once.
        builder.Services.AddSingleton<IHostLifetime, NoLifetime>();
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.ListenAnyIP(port, listen => listen.Protocols = HttpProtocols.Http1);
            configure(kestrel);
        });
        return builder;
    }

    private async Task TickAsync(CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromSeconds(1), _timeProvider);
        try
        {
            while (await timer.WaitForNextTickAsync(cancellationToken))
            {
                Keys.Refresh();
                Evidence.CloseTick();
                Evidence.Forget(State.Current.Models.ContainsKey);
            }
        }
        catch (OperationCanceledException)
        {
            // The router ends.
        }
    }

    private static Uri AddressOf(WebApplication app)
    {
        string address = app.Services.GetRequiredService<IServer>()
            .Features.GetRequiredFeature<IServerAddressesFeature>()
            .Addresses.First();
        return new UriBuilder(address) { Host = "127.0.0.1" }.Uri;
    }

    private sealed class NoLifetime : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
