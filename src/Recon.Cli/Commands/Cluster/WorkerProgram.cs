using System.Diagnostics;
using Recon.Cli.Hosting;
using Recon.Postgres.Connections;

namespace Recon.Cli.Commands.Cluster;

/// <summary>How this program starts itself as a worker. What may be secret goes by the environment.</summary>
internal static class WorkerProgram
{
    public static ProcessStartInfo Start(Invocation invocation, ServerConnection server, RunArguments arguments, string address, Guid job)
    {
        (string program, string[] before) = ThisProgram();
        var start = new ProcessStartInfo(program, [
            .. before, "worker", "--once", "--job", job.ToString(), "--definition", Path.GetFullPath(invocation.DefinitionPath), "--quiet",
            "--listen", address,
            .. invocation.InsecureTls ? (string[])["--insecure-tls"] : [],
            .. invocation.Verbose ? (string[])["--verbose"] : [],
            .. invocation.Metrics.Contains("otlp", StringComparer.Ordinal) ? (string[])["--metrics", "otlp"] : [],
            .. invocation.Context.Json is null ? (string[])[] : [GlobalOptions.LogFormatName, "json"],
            .. arguments.Sharing.Certificate is { } certificate ? (string[])["--cluster-certificate", Path.GetFullPath(certificate)] : []])
        {
            // The keys are not a worker's. It writes no result; its standard output stays open also where this process is killed.
            RedirectStandardInput = true,
        };

        // The embedded server is joined: it stays while any of its users is there.
        start.Environment["RECON_POSTGRES"] = server.Embedded is null ? server.ConnectionString : ConnectionSettings.EmbeddedKeyword;
        if (arguments.PostgresRead is { } replica)
        {
            start.Environment["RECON_POSTGRES_READ"] = replica;
        }

        return start;
    }

    // recon itself, or dotnet with its assembly: whoever hosts it otherwise, such as a test, is not it.
    private static (string Program, string[] Before) ThisProgram()
    {
        string? process = Environment.ProcessPath;
        string name = Path.GetFileNameWithoutExtension(process) ?? "";
        string assembly = Path.Combine(AppContext.BaseDirectory, "recon.dll");
        string beside = Path.Combine(AppContext.BaseDirectory, OperatingSystem.IsWindows() ? "recon.exe" : "recon");
        return name == "recon" ? (process!, [])
            : name == "dotnet" ? (process!, [assembly])
            : File.Exists(beside) ? (beside, [])
            : ("dotnet", [assembly]);
    }
}
