namespace Recon.Cli.Tests.Support;

/// <summary>What every file of rejects begins with.</summary>
internal static class RejectsHeader
{
    public static string Followed(string by)
        => "\"pipeline\",\"file\",\"line\",\"byte_offset\",\"column\",\"reason\",\"message\",\"raw_record\"\r\n" + by;
}
