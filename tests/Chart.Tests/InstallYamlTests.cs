using System.Diagnostics;
using ModelOperator.Testing;

namespace ModelOperator.Chart.Tests;

public class InstallYamlTests
{
    [Test]
    public async Task The_file_in_the_repository_is_what_the_chart_renders_to()
    {
        var start = new ProcessStartInfo(Path.Combine(Repository.Root, "tests", "chart", "install-yaml.sh"), "--verify")
        {
            UseShellExecute = false,
            RedirectStandardError = true,
        };
        using var process = Process.Start(start)!;
        var errors = await process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();

        Assert.That(process.ExitCode, Is.Zero, errors);
    }
}
