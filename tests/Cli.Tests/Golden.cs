using System.Runtime.CompilerServices;

namespace ModelOperator.Cli.Tests;

/// <summary>Files of the folder Golden: what the program is given, and what it must print for it.</summary>
internal static class Golden
{
    public static string Path(string name, [CallerFilePath] string here = "") =>
        System.IO.Path.Combine(System.IO.Path.GetDirectoryName(here)!, "Golden", name);

    /// <summary>Compares with the golden file; UPDATE_GOLDEN=1 writes it.</summary>
    public static void Verify(string name, string text)
    {
        if (Environment.GetEnvironmentVariable("UPDATE_GOLDEN") == "1")
        {
            File.WriteAllText(Path(name), text);
        }

        Assert.That(text, Is.EqualTo(File.ReadAllText(Path(name))), $"differs from Golden/{name}; UPDATE_GOLDEN=1 rewrites it");
    }
}
