namespace Recon.Postgres.Runs;

internal static class RunHolder
{
    /// <summary>User, host and process.</summary>
    public static string Describe() => $"{Environment.UserName}@{Environment.MachineName}, process {Environment.ProcessId}";
}
