using System.Net.Sockets;

namespace ModelOperator.Server.Tests.Network;

public sealed class DrainTests
{
    [Test]
    public async Task Told_to_stop_under_load_every_request_is_answered_that_was_accepted()
    {
        await using ServerProcess server = ServerProcess.Start(
            "serve", "--model-name", "digits", "--model", Path.Combine(TestServer.Models, "digits-v1.onnx"), "--port", "0",
            "--drain-seconds", "2");
        using HttpClient ready = await server.ReadyAsync();
        string request = RawConnection.Infer(Digits.Request(0));
        Tally tally = new();
        Task[] clients = [.. Enumerable.Range(0, 16).Select(_ => Task.Run(() => ClientAsync(ready.BaseAddress!, request, tally)))];

        await Task.Delay(500);
        int before = tally.Answered;
        server.Terminate();
        await Task.WhenAll(clients);
        int status = await server.ExitAsync();

        Assert.That(status, Is.Zero);
        Assert.That(tally.Answered, Is.GreaterThan(before), "requests that still arrive are served");
        Assert.That(tally.Lost, Is.Zero, "a request on a connection that the server had answered before got no answer");
        Assert.That(tally.Wrong, Is.Empty);
    }

    /// <summary>Sends one request after the other on connections it keeps while the server lets it, until there is no server.</summary>
    private static async Task ClientAsync(Uri address, string request, Tally tally)
    {
        while (true)
        {
            RawConnection connection;
            try
            {
                connection = await RawConnection.OpenAsync(address);
            }
            catch (SocketException)
            {
                return;
            }

            using (connection)
            {
                for (bool fresh = true, open = true; open; fresh = false)
                {
                    RawAnswer? answer = await ExchangeAsync(connection, request);
                    // A fresh connection may have waited for a server that accepts no more; it was never accepted.
                    tally.Count(answer, lost: answer is null && !fresh);
                    open = answer is { Closes: false };
                }
            }
        }
    }

    private static async Task<RawAnswer?> ExchangeAsync(RawConnection connection, string request)
    {
        try
        {
            await connection.SendAsync(request);
            return await connection.ReceiveAsync();
        }
        catch (IOException)
        {
            return null;
        }
    }

    private sealed class Tally
    {
        private readonly Lock _lock = new();

        public int Answered { get; private set; }

        public int Lost { get; private set; }

        public List<string> Wrong { get; } = [];

        public void Count(RawAnswer? answer, bool lost)
        {
            lock (_lock)
            {
                Answered += answer is { Status: 200 } ? 1 : 0;
                Lost += lost ? 1 : 0;
                // Turned away before it was looked at, so that it can go elsewhere.
                if (answer is not (null or { Status: 200 })
                    && !(answer.Status == 503 && answer.Head.Contains("x-model-draining", StringComparison.OrdinalIgnoreCase)))
                {
                    Wrong.Add(answer.Head + answer.Body);
                }
            }
        }
    }
}
