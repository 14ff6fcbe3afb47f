using System.Text.Json;
using System.Text.Json.Serialization;

namespace Recon.Postgres.Embedded;

/// <summary>How to reach the running server: the content of <c>server.json</c>.</summary>
/// <param name="Version">Its version, as <c>postgres --version</c> says it.</param>
internal sealed record ServerInfo(int Port, string BinDirectory, string Version)
{
    /// <summary>Reads the file; <see langword="null"/> when there is none or it is not readable as one.</summary>
    public static ServerInfo? TryRead(string path)
    {
        try
        {
            return JsonSerializer.Deserialize(File.ReadAllText(path), ServerInfoJson.Default.ServerInfo);
        }
        catch (Exception failure) when (failure is IOException or JsonException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    public void Write(string path) => ServerHome.WriteSecret(path, JsonSerializer.Serialize(this, ServerInfoJson.Default.ServerInfo));
}

[JsonSerializable(typeof(ServerInfo))]
internal sealed partial class ServerInfoJson : JsonSerializerContext;
