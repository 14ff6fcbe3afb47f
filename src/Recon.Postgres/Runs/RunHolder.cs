namespace Recon.Postgres.Runs;

/// <summary>Names this process to other runs.</summary>
internal static class RunHolder
{
    /// <summary>User, host and process.</summary>
    public static string Describe() => $"{Environment.UserName}@{Environment.MachineName}, process {Environment.ProcessId}";
}
