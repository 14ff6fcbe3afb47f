namespace Recon.Cluster;

/// <summary>Which silos did not answer one that wanted to join, by what Orleans says of it.</summary>
internal static class SilentSilos
{
    private const string Before = "Failed to get response from: ";

    /// <returns>Their addresses and ports, such as <c>10.0.0.7:11111</c>; "One of them" where the text does not tell.</returns>
    public static string Of(string message)
    {
        int at = message.IndexOf(Before, StringComparison.Ordinal);
        string[] silos = at < 0 ? []
            : message[(at + Before.Length)..].Split([',', ' ', '\r', '\n'], StringSplitOptions.RemoveEmptyEntries);
        string[] places = [.. silos.Select(Place).OfType<string>()];
        return places.Length == 0 ? "One of them" : string.Join(" and ", places);
    }

    // A silo is written as S, its address, port and generation: S10.0.0.7:11111:154885423, perhaps in a list's brackets.
    private static string? Place(string silo)
    {
        int start = silo.IndexOf('S', StringComparison.Ordinal);
        int end = silo.LastIndexOf(':');
        return start is 0 or 1 && end > silo.IndexOf(':', StringComparison.Ordinal) ? silo[(start + 1)..end] : null;
    }
}
