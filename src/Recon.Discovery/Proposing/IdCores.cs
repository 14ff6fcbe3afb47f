using Recon.Postgres.Discovery;

namespace Recon.Discovery.Proposing;

/// <summary>What ids are compared by while nobody knows how the two sides spell them.</summary>
internal static class IdCores
{
    private const int UuidLength = 36;

    /// <summary>An id without white space around it, without zeros in front, without a tail of a point and zeros after digits; a UUID in lower case.</summary>
    public static string Of(string id)
    {
        string whole = id.Trim();
        string core = IdScan.CoreOf(whole.Length == UuidLength && Guid.TryParse(whole, out Guid uuid) ? uuid.ToString() : whole);
        int point = core.IndexOf('.', StringComparison.Ordinal);
        return point > 0 && core.AsSpan(point + 1).TrimStart('0').IsEmpty && point < core.Length - 1 && !core.AsSpan(0, point).ContainsAnyExceptInRange('0', '9')
            ? core[..point]
            : core;
    }

    /// <summary>The cores as the mirror is asked for them: with a decimal tail, too, where they are digits.</summary>
    public static string[] Asked(IEnumerable<string> cores)
        => [.. cores.SelectMany(core => core.Length > 0 && !core.AsSpan().ContainsAnyExceptInRange('0', '9') ? [core, core + ".0"] : (string[])[core])];
}
