using System.CommandLine;
using Recon.Cli.Hosting;

namespace Recon.Cli.Commands;

/// <summary>How the processes of a job reach each other.</summary>
internal sealed class SharingOptions(string listen)
{
    private readonly Option<string> _listen = new("--listen") { Description = listen, HelpName = "ADDRESS[:PORT]" };

    private readonly Option<string> _certificate = new("--cluster-certificate")
    {
        Description = "Encrypt what the processes of a run tell each other, and let in only those with this certificate: a PKCS#12 file with its key. "
            + "Its password is in RECON_CLUSTER_CERTIFICATE_PASSWORD.",
        HelpName = "FILE",
    };

    public void AddTo(Command command)
    {
        command.Add(_listen);
        command.Add(_certificate);
    }

    public SharingArguments Read(ParseResult parse) => new(parse.GetValue(_listen), parse.GetValue(_certificate));
}

/// <param name="Listen">Where this process is reached; <see langword="null"/> where that was not said.</param>
/// <param name="Certificate">A PKCS#12 file.</param>
internal sealed record SharingArguments(string? Listen, string? Certificate)
{
    /// <exception cref="UsageException">This executable has no workers.</exception>
    public static void RequireWorkers()
    {
#if RECON_NATIVE
        throw new UsageException(
            "The native executable of recon has no workers. Run this with the .NET tool: 'dotnet tool install recon', or 'dotnet recon.dll' of a build.");
#endif
    }
}
