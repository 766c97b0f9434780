using System.Reflection;
using System.Runtime.InteropServices;

namespace ModelOperator.Kubernetes.Client.Transport;

/// <summary>The running program's name and version, as servers see it.</summary>
internal static class ProgramIdentity
{
    public static string UserAgent { get; } = Describe(Assembly.GetEntryAssembly() ?? typeof(ProgramIdentity).Assembly);

    private static string Describe(Assembly program)
    {
        var name = program.GetName();
        var system = OperatingSystem.IsLinux() ? "linux" : OperatingSystem.IsMacOS() ? "darwin" : "windows";
        var architecture = RuntimeInformation.ProcessArchitecture switch
        {
            Architecture.X64 => "amd64",
            var other => other.ToString().ToLowerInvariant(),
        };
        return $"{name.Name}/{name.Version?.ToString(3)} ({system}/{architecture})";
    }
}
