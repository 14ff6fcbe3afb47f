namespace Recon.Cli.Hosting;

/// <summary>The command line asks for something that cannot be. Exit code 2.</summary>
internal sealed class UsageException(string message) : Exception(message);
