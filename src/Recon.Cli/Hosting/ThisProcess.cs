using System.Globalization;

namespace Recon.Cli.Hosting;

/// <summary>This process, for others.</summary>
internal static class ThisProcess
{
    /// <returns>Such as <c>maria@crm-1, process 4711</c>.</returns>
    public static string Name()
        => string.Create(CultureInfo.InvariantCulture, $"{Environment.UserName}@{Environment.MachineName}, process {Environment.ProcessId}");
}
