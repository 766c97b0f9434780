using ModelOperator.Server.Models;

namespace ModelOperator.Server.Tests.Execution;

public sealed class OptimizedGraphTests
{
    private string _directory = null!;

    [SetUp]
    public void CreateDirectory() => _directory = Directory.CreateTempSubdirectory("graph-tests-").FullName;

    [TearDown]
    public void DeleteDirectory() => Directory.Delete(_directory, recursive: true);

    [Test]
    public async Task The_optimized_graph_of_a_large_model_is_kept_beside_it_and_used_again()
    {
        string path = Large();

        float[] first = await ComputeAsync(path, null);
        string kept = Directory.GetFiles(_directory, "*.optimized").Single();
        DateTime written = File.GetLastWriteTimeUtc(kept);
        float[] second = await ComputeAsync(path, null);

        Assert.That(second, Is.EqualTo(first));
        Assert.That(Directory.GetFiles(_directory), Has.Length.EqualTo(2));
        Assert.That(File.GetLastWriteTimeUtc(kept), Is.EqualTo(written));
    }

    [Test]
    public async Task One_that_is_spoilt_is_made_again()
    {
        string path = Large();
        await ComputeAsync(path, null);
        string kept = Directory.GetFiles(_directory, "*.optimized").Single();
        await File.WriteAllTextAsync(kept, "spoilt");

        Assert.That(await ComputeAsync(path, null), Is.EqualTo(new[] { 1f, 2f }));
        Assert.That(new FileInfo(kept).Length, Is.GreaterThan(6));
    }

    [Test]
    public async Task A_graph_that_somebody_else_put_there_is_not_used()
    {
        string path = Large();
        await ComputeAsync(path, null);
        string kept = Directory.GetFiles(_directory, "*.optimized").Single();
        File.Copy(Large("Neg"), kept, overwrite: true);

        Assert.That(await ComputeAsync(path, null), Is.EqualTo(new[] { 1f, 2f }));
    }

    [Test]
    public async Task A_graph_of_another_model_is_not_used_though_it_was_kept_with_the_same_key()
    {
        string path = Large();
        await ComputeAsync(path, null);
        string kept = Directory.GetFiles(_directory, "*.optimized").Single();
        string other = Large("Neg");
        await ComputeAsync(other, null);
        File.Copy(Directory.GetFiles(_directory, "Neg*.optimized").Single(), kept, overwrite: true);

        Assert.That(await ComputeAsync(path, null), Is.EqualTo(new[] { 1f, 2f }));
    }

    [Test]
    public async Task Pods_use_each_others_graphs_only_when_they_share_a_key()
    {
        string path = Large();
        string shared = Directory.CreateDirectory(Path.Combine(_directory, "shared")).FullName;
        await ComputeAsync(path, shared, Key("one"));
        string kept = Directory.GetFiles(shared).Single();
        byte[] first = await File.ReadAllBytesAsync(kept);

        await ComputeAsync(path, shared, Key("one"));
        byte[] same = await File.ReadAllBytesAsync(kept);
        await ComputeAsync(path, shared, Key("two"));
        byte[] other = await File.ReadAllBytesAsync(kept);

        Assert.That(same, Is.EqualTo(first));
        Assert.That(other, Is.Not.EqualTo(first), "it was made again, and sealed with the other key");
    }

    [Test]
    public async Task Another_model_at_the_same_place_gets_a_graph_of_its_own()
    {
        string path = Large();
        await ComputeAsync(path, null);
        await File.WriteAllBytesAsync(path, await File.ReadAllBytesAsync(Large("Neg")));

        Assert.That(await ComputeAsync(path, null), Is.EqualTo(new[] { -1f, -2f }));
    }

    [Test]
    public async Task Where_nothing_can_be_written_the_model_is_served_all_the_same()
    {
        string path = Large();

        Assert.That(await ComputeAsync(path, "/proc/nowhere"), Is.EqualTo(new[] { 1f, 2f }));
        Assert.That(Directory.GetFiles(_directory), Has.Length.EqualTo(1));
    }

    [Test]
    public async Task Small_models_are_optimized_anew()
    {
        string path = OnnxFile.Identity(_directory, OnnxFile.Float, "n");

        Assert.That(await ComputeAsync(path, null), Is.EqualTo(new[] { 1f, 2f }));
        Assert.That(Directory.GetFiles(_directory), Has.Length.EqualTo(1));
    }

    private static async Task<float[]> ComputeAsync(string path, string? cache, string? key = null)
    {
        using TestModel model = new(path, new ExecutionOptions { Instances = 1, CacheDirectory = cache, CacheKeyFile = key });
        return (await model.RunAsync(TestModel.Floats("x", [2], 1, 2))).Floats(0);
    }

    private string Key(string name)
    {
        string file = Path.Combine(_directory, name + ".key");
        File.WriteAllText(file, $"a secret named {name}");
        return file;
    }

    // A model is large by what is written about it: field 6 of an ONNX file is its documentation.
    private string Large(string op = "Identity")
    {
        string path = OnnxFile.Write(_directory, op, [("x", OnnxFile.Float, ["n"])], [OnnxFile.Tensor("y", OnnxFile.Float, ["n"])], ["y"]);
        const int Length = 2 * 1024 * 1024;
        using FileStream file = new(path, FileMode.Append);
        file.Write([(6 << 3) | 2, (Length & 0x7F) | 0x80, ((Length >> 7) & 0x7F) | 0x80, ((Length >> 14) & 0x7F) | 0x80, Length >> 21]);
        file.Write(new byte[Length].Select(_ => (byte)'a').ToArray());
        string renamed = Path.Combine(_directory, $"{op}.onnx");
        file.Close();
        File.Move(path, renamed);
        return renamed;
    }
}
