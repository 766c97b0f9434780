using System.ComponentModel;
using System.Diagnostics;
using System.Text.Json;
using ModelOperator.Kubernetes.Client.Configuration;

namespace ModelOperator.Kubernetes.Client.Authentication;

/// <summary>How a kubeconfig says to run a credential plugin.</summary>
internal sealed record ExecPluginSettings(string ApiVersion, string Command)
{
    public IReadOnlyList<string> Arguments { get; init; } = [];
    public IReadOnlyDictionary<string, string> Environment { get; init; } = new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>What to tell the user when the program is not there.</summary>
    public string? InstallHint { get; init; }

    /// <summary>Told to the plugin when it asks for it.</summary>
    public ExecCluster? Cluster { get; init; }
}

/// <summary>Runs a credential plugin: JSON in its environment, JSON from its output.</summary>
internal sealed class ExecPlugin(ExecPluginSettings settings, TimeProvider timeProvider)
{
    private const int MaxOutputCharacters = 1 << 20;
    private static readonly TimeSpan Timeout = TimeSpan.FromMinutes(1);

    public string Name => settings.Command;

    public async Task<ExecCredentialStatus> RunAsync(CancellationToken cancellationToken)
    {
        using var deadline = new CancellationTokenSource(Timeout, timeProvider);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellationToken);
        using var process = Start();
        try
        {
            process.StandardInput.Close();
            var output = await ReadOutputAsync(process.StandardOutput, either.Token);
            await process.WaitForExitAsync(either.Token);
            return process.ExitCode == 0
                ? Parse(output)
                : throw new KubernetesConfigurationException($"exec plugin {Name}: ended with exit code {process.ExitCode}.");
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new KubernetesConfigurationException($"exec plugin {Name}: gave no credentials within {Timeout.TotalSeconds} s.");
        }
        finally
        {
            if (!process.HasExited)
            {
                process.Kill(entireProcessTree: true);
            }
        }
    }

    private Process Start()
    {
        var start = new ProcessStartInfo(settings.Command)
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        };
        foreach (var argument in settings.Arguments)
        {
            start.ArgumentList.Add(argument);
        }

        foreach (var (name, value) in settings.Environment)
        {
            start.Environment[name] = value;
        }

        var info = new ExecCredential
        {
            ApiVersion = settings.ApiVersion,
            Kind = "ExecCredential",
            Spec = new ExecCredentialSpec { Cluster = settings.Cluster, Interactive = false },
        };
        start.Environment["KUBERNETES_EXEC_INFO"] = JsonSerializer.Serialize(info, ExecJsonContext.Default.ExecCredential);
        try
        {
            return Process.Start(start) ?? throw new KubernetesConfigurationException($"exec plugin {Name}: cannot be started.");
        }
        catch (Win32Exception e)
        {
            throw new KubernetesConfigurationException(
                $"exec plugin {Name}: cannot be started: {e.Message}. {settings.InstallHint}".TrimEnd(), e);
        }
    }

    private async Task<string> ReadOutputAsync(StreamReader reader, CancellationToken cancellationToken)
    {
        var output = new char[MaxOutputCharacters + 1];
        var count = await reader.ReadBlockAsync(output, cancellationToken);
        return count <= MaxOutputCharacters
            ? new string(output, 0, count)
            : throw new KubernetesConfigurationException($"exec plugin {Name}: wrote more than {MaxOutputCharacters} characters.");
    }

    private ExecCredentialStatus Parse(string output)
    {
        ExecCredential? credential;
        try
        {
            credential = JsonSerializer.Deserialize(output, ExecJsonContext.Default.ExecCredential);
        }
        catch (JsonException)
        {
            // The output may hold credentials: it must not reach a log by way of the exception's message.
            throw new KubernetesConfigurationException($"exec plugin {Name}: its output is not an ExecCredential in JSON.");
        }

        if (credential is null || credential.ApiVersion != settings.ApiVersion || credential.Kind != "ExecCredential")
        {
            throw new KubernetesConfigurationException(
                $"exec plugin {Name}: answered {credential?.ApiVersion} {credential?.Kind}; "
                + $"{settings.ApiVersion} ExecCredential is expected.");
        }

        return credential.Status ?? throw new KubernetesConfigurationException($"exec plugin {Name}: answered without a status.");
    }
}
