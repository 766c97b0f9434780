using System.Security.Cryptography;
using ModelOperator.Server.Fetching;

namespace ModelOperator.Server.Tests.Fetching;

public sealed class RangeTests : FetchFixture
{
    private const int PartBytes = 256 * 1024;
    private static readonly byte[] Content = RandomNumberGenerator.GetBytes((8 * PartBytes) + 12_345);
    private static readonly byte[] Other = RandomNumberGenerator.GetBytes(Content.Length);

    private static FetchOptions InParts(FetchOptions options) => options with { PartBytes = PartBytes, Connections = 4 };

    [Test]
    public async Task A_large_file_is_downloaded_in_parts_side_by_side()
    {
        await using RangeServer store = await RangeServer.StartAsync(Content);
        TaskCompletionSource four = new(TaskCreationOptions.RunContinuationsAsynchronously);
        // The first four answers wait for each other: were they not asked for at once, the test would not end.
        store.Before = async (number, _) =>
        {
            if (number == 5)
            {
                four.SetResult();
            }

            await (number is > 1 and <= 4 ? four.Task : Task.CompletedTask);
        };

        await FetchAsync(store.Address, InParts);

        Assert.That(File.ReadAllBytes(Output), Is.EqualTo(Content));
        Assert.That(store.Ranges, Has.Count.EqualTo(9).And.Contains("").And.Contains($"bytes={PartBytes}-{(2 * PartBytes) - 1}").And.Contains($"bytes={8 * PartBytes}-"));
        Assert.That(store.MostAtOnce, Is.GreaterThanOrEqualTo(4));
    }

    [Test]
    public async Task A_file_without_an_entity_tag_or_a_digest_comes_in_one_piece()
    {
        await using RangeServer store = await RangeServer.StartAsync(Content);
        store.EntityTag = null;

        await FetchAsync(store.Address, InParts);
        Assert.That(store.Ranges, Is.EqualTo([""]), "nothing tells whether parts are of the same file");

        await FetchAsync(store.Address, options => InParts(options) with { Sha256 = Convert.ToHexStringLower(SHA256.HashData(Content)), Output = Output + "2" });
        Assert.That(store.Ranges, Has.Count.EqualTo(10), "the digest tells");
    }

    [TestCase(true)]
    [TestCase(false)]
    public async Task A_file_that_changes_between_two_parts_is_downloaded_anew(bool honoursIfRange)
    {
        await using RangeServer store = await RangeServer.StartAsync(Content);
        store.HonoursIfRange = honoursIfRange;
        store.Before = (number, _) =>
        {
            if (number == 4)
            {
                (store.Content, store.EntityTag) = (Other, "\"v2\"");
            }

            return Task.CompletedTask;
        };

        await FetchAsync(store.Address, InParts);

        Assert.That(File.ReadAllBytes(Output), Is.EqualTo(Other), "no part of the first file may be left");
    }

    [Test]
    public async Task A_file_that_changes_all_the_time_is_given_up()
    {
        await using RangeServer store = await RangeServer.StartAsync(Content);
        store.Before = (number, context) =>
        {
            store.EntityTag = $"\"v{number}\"";
            if (number > 6)
            {
                context.Abort();
            }

            return Task.CompletedTask;
        };

        TerminatingException failure = await FailureAsync(store.Address, options => InParts(options) with { Retries = 1 });

        Assert.That(failure.Reason, Is.EqualTo(FailureReasons.ModelDownloadFailed));
    }

    [Test]
    public async Task A_fetch_that_was_ended_is_gone_on_with_by_the_next()
    {
        await using RangeServer store = await RangeServer.StartAsync(Content);
        using CancellationTokenSource stop = new();
        store.Before = async (number, context) =>
        {
            if (number > 5)
            {
                await stop.CancelAsync();
                context.Abort();
            }
        };
        Assert.That(() => FetchAsync(store.Address, InParts, stop.Token), Throws.InstanceOf<OperationCanceledException>());
        Assert.That(File.Exists(Output), Is.False);
        int before = store.Requests;
        store.Before = null;
        store.Ranges.Clear();

        await FetchAsync(store.Address, InParts);

        Assert.That(File.ReadAllBytes(Output), Is.EqualTo(Content));
        Assert.That(store.Requests - before, Is.LessThan(9), "some parts were there");
        Assert.That(store.Ranges, Has.None.EqualTo(""));
        Assert.That(Fetched().Keys, Is.EqualTo(["model.onnx"]));
    }

    [Test]
    public async Task What_is_there_of_another_version_is_not_gone_on_with()
    {
        await using RangeServer store = await RangeServer.StartAsync(Content);
        using CancellationTokenSource stop = new();
        store.Before = async (number, context) =>
        {
            if (number > 5)
            {
                await stop.CancelAsync();
                context.Abort();
            }
        };
        Assert.That(() => FetchAsync(store.Address, InParts, stop.Token), Throws.InstanceOf<OperationCanceledException>());
        (store.Before, store.Content, store.EntityTag) = (null, Other, "\"v2\"");

        await FetchAsync(store.Address, InParts);

        Assert.That(File.ReadAllBytes(Output), Is.EqualTo(Other));
    }

    [Test]
    public async Task A_damaged_state_begins_anew()
    {
        await using RangeServer store = await RangeServer.StartAsync(Content);
        string staging = Directory.CreateDirectory(Path.Combine(Path.GetDirectoryName(Output)!, ".fetch")).FullName;
        foreach (string state in (string[])["{", "null", """{"Identity":"x","Total":-1}"""])
        {
            Directory.CreateDirectory(staging);
            File.WriteAllText(Path.Combine(staging, "file-0.state"), state);
            File.WriteAllText(Path.Combine(staging, "file-0"), "left over");

            await FetchAsync(store.Address, InParts);

            Assert.That(File.ReadAllBytes(Output), Is.EqualTo(Content));
        }
    }

    [Test]
    public async Task Parts_that_break_off_are_gone_on_with_each_on_its_own()
    {
        await using RangeServer store = await RangeServer.StartAsync(Content);
        store.Before = (number, context) =>
        {
            if (number % 2 == 0)
            {
                context.Abort();
            }

            return Task.CompletedTask;
        };

        await FetchAsync(store.Address, InParts);

        Assert.That(File.ReadAllBytes(Output), Is.EqualTo(Content));
    }
}
