using System.Security.Cryptography;

namespace ModelOperator.Fetch.Tests;

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
        // The first tells how large the file is; the four after it wait for each other: were they not asked for at once, the test would not
        // end.
        store.Before = async (number, _) =>
        {
            if (number == 5)
            {
                four.SetResult();
            }

            await (number is > 1 and < 5 ? four.Task : Task.CompletedTask);
        };

        await FetchAsync(store.Address, InParts);

        Assert.That(File.ReadAllBytes(Output), Is.EqualTo(Content));
        Assert.That(
            store.Ranges,
            Has.Count.EqualTo(9).And.Contains($"bytes=0-{PartBytes - 1}").And.Contains($"bytes={8 * PartBytes}-{Content.Length - 1}"));
        Assert.That(store.MostAtOnce, Is.GreaterThanOrEqualTo(4));
    }

    [Test]
    public async Task A_file_without_an_entity_tag_or_a_digest_comes_in_one_piece()
    {
        await using RangeServer store = await RangeServer.StartAsync(Content);
        store.EntityTag = null;

        await FetchAsync(store.Address, InParts);
        Assert.That(store.Ranges, Is.EqualTo([$"bytes=0-{PartBytes - 1}", ""]), "nothing tells whether parts are of the same file");

        await FetchAsync(
            store.Address,
            options => InParts(options) with { Sha256 = Convert.ToHexStringLower(SHA256.HashData(Content)), Output = Output + "2" });
        Assert.That(store.Ranges, Has.Count.EqualTo(2 + 9), "the digest tells");
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
    public async Task A_file_that_changes_with_every_request_comes_in_one_piece()
    {
        await using RangeServer store = await RangeServer.StartAsync(Content);
        store.Before = (number, _) =>
        {
            store.EntityTag = $"\"v{number}\"";
            return Task.CompletedTask;
        };

        await FetchAsync(store.Address, InParts);

        Assert.That(File.ReadAllBytes(Output), Is.EqualTo(Content));
        Assert.That(store.Ranges.Last(), Is.Empty);
    }

    [Test]
    public async Task A_file_that_breaks_off_and_changes_each_time_is_given_up()
    {
        int number = 0;
        await using FileServer store = await FileServer.StartAsync(async context =>
        {
            context.Response.Headers.ETag = $"\"v{++number}\"";
            int from = int.Parse(
                context.Request.Headers.Range.ToString() is { Length: > 0 } range ? range["bytes=".Length..].Split('-')[0] : "0");
            context.Response.StatusCode = from == 0 ? 200 : 206;
            context.Response.Headers.ContentRange = from == 0 ? default : $"bytes {from}-{Content.Length - 1}/{Content.Length}";
            context.Response.ContentLength = Content.Length - from;
            await context.Response.Body.WriteAsync(Content.AsMemory(from, 100_000));
            await context.Response.Body.FlushAsync();
            await Task.Delay(50);
            context.Abort();
        });

        TerminatingException failure = await FailureAsync(store.Uri().AbsoluteUri);

        Assert.That(failure.Reason, Is.EqualTo(FailureReasons.ModelDownloadFailed));
        Assert.That(failure.Message, Does.Contain("keeps changing while it is downloaded"));
    }

    [Test]
    public async Task What_an_earlier_process_left_is_neither_used_nor_kept()
    {
        await using RangeServer store = await RangeServer.StartAsync(Content);
        string staging = Directory.CreateDirectory(Path.Combine(Path.GetDirectoryName(Output)!, ".fetch", "tree")).Parent!.FullName;
        File.WriteAllBytes(Path.Combine(staging, "file-0"), new byte[2 * Content.Length]);
        File.WriteAllText(Path.Combine(staging, "tree", "other.onnx"), "left over");

        await FetchAsync(store.Address, InParts);

        Assert.That(File.ReadAllBytes(Output), Is.EqualTo(Content));
        Assert.That(Fetched().Keys, Is.EqualTo(["model.onnx"]));
    }

    [Test]
    public async Task An_empty_file_and_one_that_fills_its_parts_are_downloaded_too()
    {
        await using RangeServer store = await RangeServer.StartAsync([]);
        await FetchAsync(store.Address, InParts);
        Assert.That(new FileInfo(Output).Length, Is.Zero);

        store.Content = Content[..(2 * PartBytes)];
        await FetchAsync(store.Address, InParts);
        Assert.That(File.ReadAllBytes(Output), Is.EqualTo(store.Content));
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
