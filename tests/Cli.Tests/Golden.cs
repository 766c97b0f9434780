using System.Runtime.CompilerServices;

namespace ModelOperator.Cli.Tests;

/// <summary>Files of the folder Golden: what the program is given, and what it must print for it.</summary>
internal static class Golden
{
    public static string Path(string name) => System.IO.Path.Combine(Folder(), "Golden", name);

    public static string Read(string name) => File.ReadAllText(Path(name));

    /// <summary>Compares with the golden file; UPDATE_GOLDEN=1 writes it.</summary>
    public static void Verify(string name, string text)
    {
        if (Environment.GetEnvironmentVariable("UPDATE_GOLDEN") == "1")
        {
            File.WriteAllText(Path(name), text);
        }

        Assert.That(text, Is.EqualTo(Read(name)), $"differs from Golden/{name}; UPDATE_GOLDEN=1 rewrites it");
    }

    private static string Folder([CallerFilePath] string here = "") => System.IO.Path.GetDirectoryName(here)!;
}
