using System.Collections.Concurrent;
using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using ModelOperator.Grpc.Health;
using ModelOperator.Grpc.Reflection;

namespace ModelOperator.Grpc.Tests;

/// <summary>A server whose methods answer with what they are sent.</summary>
internal sealed class EchoServer : IHealthSource, IAsyncDisposable
{
    private readonly WebApplication _app;

    private EchoServer()
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(k => k.Listen(IPAddress.Loopback, 0, l => l.Protocols = HttpProtocols.Http2));
        _app = builder.Build();
        Stopping = _app.Lifetime.ApplicationStopping;
        GrpcDispatcher dispatcher = new(
            [
                new GrpcMethod("test.Echo", "Unary", UnaryAsync),
                new GrpcMethod("test.Echo", "Stream", StreamAsync) { ClientStreams = true, ServerStreams = true },
                new GrpcMethod("test.Echo", "Wait", WaitAsync),
                new GrpcMethod("test.Echo", "Short", WaitAsync) { MaxDuration = TimeSpan.FromMilliseconds(100) },
                new GrpcMethod("test.Echo", "Half", HalfAsync),
                .. new HealthService(this, TimeProvider.System).Methods,
                .. new ReflectionService(() => ReflectionService.OwnFiles, Stopping).Methods,
            ],
            new GrpcLimits { MaxReceiveMessageBytes = 8 * 1024 * 1024 },
            e => e is FormatException ? new RpcException(StatusCode.InvalidArgument, e.Message) : null,
            TimeProvider.System,
            _app.Services.GetRequiredService<ILogger<GrpcDispatcher>>());
        _app.Use(next => async context =>
        {
            if (dispatcher.Find(context) is { } method)
            {
                Ended.Enqueue(await dispatcher.InvokeAsync(context, method));
            }
            else
            {
                await next(context);
            }
        });
    }

    public Uri Address => new(_app.Services.GetRequiredService<IServer>().Features.GetRequiredFeature<IServerAddressesFeature>().Addresses.First());

    public IReadOnlyList<string> Services => ["", "test.Echo"];

    public CancellationToken Stopping { get; }

    public bool Serving { get; set; } = true;

    /// <summary>Statuses of the calls so far.</summary>
    public ConcurrentQueue<StatusCode> Ended { get; } = [];

    /// <summary>Ends when Wait was called.</summary>
    public TaskCompletionSource Waiting { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Ends when a call of Wait was cancelled.</summary>
    public TaskCompletionSource Cancelled { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public static async Task<EchoServer> StartAsync()
    {
        EchoServer server = new();
        await server._app.StartAsync();
        return server;
    }

    public bool IsServing(string service) => Serving;

    public Task StopAsync() => _app.StopAsync();

    public async ValueTask DisposeAsync() => await _app.DisposeAsync();

    private static async ValueTask UnaryAsync(GrpcCall call)
    {
        using MessageBuffer message = await call.ReadSingleAsync();
        switch (message.Span)
        {
            case [(byte)'f', ..]: throw new FormatException("größer als 100 %");
            case [(byte)'b', ..]: throw new InvalidOperationException("secret");
        }

        call.ResponseHeaders["x-answer"] = call.RequestHeaders["x-question"];
        await call.WriteAsync(new Bytes(message.Memory));
    }

    private static async ValueTask StreamAsync(GrpcCall call)
    {
        using CancellationTokenRegistration stop = call.StopReadingOn(call.HttpContext.RequestServices.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping);
        while (await call.ReadAsync() is { } message)
        {
            using (message)
            {
                if (message.Span.StartsWith("f"u8))
                {
                    throw new FormatException("no more");
                }

                await call.WriteAsync(new Bytes(message.Memory));
            }
        }
    }

    private async ValueTask WaitAsync(GrpcCall call)
    {
        using MessageBuffer message = await call.ReadSingleAsync();
        Waiting.TrySetResult();
        try
        {
            await Task.Delay(Timeout.Infinite, call.CancellationToken);
        }
        catch (OperationCanceledException)
        {
            Cancelled.TrySetResult();
            throw;
        }
    }

    private static async ValueTask HalfAsync(GrpcCall call)
    {
        using MessageBuffer message = await call.ReadSingleAsync();
        await call.WriteAsync(new HalfMessage());
    }

    private readonly struct Bytes(ReadOnlyMemory<byte> bytes) : IMessageContent
    {
        public long Size => bytes.Length;

        public async ValueTask WriteToAsync(System.IO.Pipelines.PipeWriter output, CancellationToken cancellationToken) =>
            await output.WriteAsync(bytes, cancellationToken);
    }

    private readonly struct HalfMessage : IMessageContent
    {
        public long Size => 100;

        public async ValueTask WriteToAsync(System.IO.Pipelines.PipeWriter output, CancellationToken cancellationToken)
        {
            await output.WriteAsync(new byte[50], cancellationToken);
            throw new InvalidOperationException("the other half is lost");
        }
    }
}
