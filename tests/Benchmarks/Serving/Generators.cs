using ModelOperator.Benchmarks.Load;

namespace ModelOperator.Benchmarks.Serving;

/// <summary>Loads a server as fast as it answers.</summary>
internal sealed class Generators : IDisposable
{
    /// <summary>
    /// From here on the generator is our own: wrk reads 8 kB at a time, and it takes what was under way when its time was up for never
    /// begun, which matters where few requests fill the time.
    /// </summary>
    private const int LargeBody = 1 << 19;

    private const int MostRepeats = 10;

    private static readonly TimeSpan CompilerIdle = TimeSpan.FromMilliseconds(20);

    private readonly Wrk _wrk = new();
    private readonly H2Load _h2Load = new();

    public async Task<Measurement> MeasureAsync(PinnedServer server, Payload payload, int connections, TimeSpan duration)
    {
        TimeSpan before = server.ProcessorTime;
        long start = TimeProvider.System.GetTimestamp();
        double rate = payload.Transport == Transport.Grpc ? await _h2Load.RunAsync(server.GrpcEndpoint, payload, connections, duration)
            : payload.Body.Length >= LargeBody ? Own(server, payload, connections, duration)
            : await _wrk.RunAsync(server.Endpoint, payload, connections, duration);
        double answers = rate * TimeProvider.System.GetElapsedTime(start).TotalSeconds;
        return new Measurement(rate, (server.ProcessorTime - before).TotalMicroseconds / answers);
    }

    /// <summary>Repeats a load until the server's compiler leaves the processors to it: other load makes it compile other code.</summary>
    public static async Task SettleAsync(PinnedServer server, Func<Task> load)
    {
        TimeSpan before;
        int repeats = 0;
        do
        {
            before = server.CompilerTime;
            await load();
        }
        while (server.CompilerTime - before > CompilerIdle && ++repeats < MostRepeats);
    }

    /// <summary>Until the server's code is compiled for good and its buffers are there.</summary>
    public async Task WarmUpAsync(PinnedServer server, Payload payload)
    {
        await PayloadCheck.RequireAnswerAsync(server, payload);
        await SettleAsync(server, () => MeasureAsync(server, payload, connections: 16, TimeSpan.FromSeconds(2)));
        await MeasureAsync(server, payload, connections: 4, TimeSpan.FromSeconds(1));
    }

    public void Dispose()
    {
        _wrk.Dispose();
        _h2Load.Dispose();
    }

    private static double Own(PinnedServer server, Payload payload, int connections, TimeSpan duration) =>
        LoadGenerator.Run(new LoadPlan
        {
            Server = server.Endpoint,
            Request = payload.ToHttp1(),
            Connections = connections,
            Duration = duration,
        }).PerSecond;
}
