namespace Recon.HubSpot.Api;

/// <summary>A call to make.</summary>
/// <param name="Name">For messages: method and address without host.</param>
/// <param name="Body">JSON; none for a GET.</param>
/// <param name="Repeats">Whether it can be sent again when nobody knows what became of it.</param>
internal sealed record ApiCall(string Name, HttpMethod Method, string Path, byte[]? Body, bool Repeats)
{
    public static ApiCall Get(string path) => new($"GET {path}", HttpMethod.Get, path, null, true);

    /// <summary>A question: it can be repeated.</summary>
    public static ApiCall Ask(string path, byte[] body) => new($"POST {path}", HttpMethod.Post, path, body, true);

    /// <summary>A change: it is sent once.</summary>
    public static ApiCall Write(string path, byte[] body) => new($"POST {path}", HttpMethod.Post, path, body, false);
}
