using ModelOperator.Generate;

if (args is not ([] or ["--verify"]))
{
    await Console.Error.WriteLineAsync(
        "usage: generate [--verify]\nWrites what is made from the API types; with --verify, "
        + "fails when a file is not what would be written.");
    return 2;
}

var root = Repository.FindRoot(Environment.CurrentDirectory);
if (root is null)
{
    await Console.Error.WriteLineAsync(
        $"{Environment.CurrentDirectory} is in no checkout of the project: no folder above it holds {Repository.Marker}");
    return 2;
}

var files = GeneratedFiles.All();
if (args is [])
{
    await Repository.WriteAsync(root, files, CancellationToken.None);
    return 0;
}

var stale = await Repository.StaleAsync(root, files, CancellationToken.None);
foreach (var path in stale)
{
    await Console.Error.WriteLineAsync($"{path} is not what operator/Api says: run make generate");
}

return stale.Count == 0 ? 0 : 1;
