using System.Text.Json;
using Recon.Dataflow.Text;

namespace Recon.Dataflow.Batches;

/// <summary>A JSON value as a property: a string is its content, <c>null</c> nothing, anything else its text.</summary>
internal static class MirrorJson
{
    internal static ReadOnlySpan<byte> Read(ReadOnlySpan<byte> json, Utf8Scratch scratch)
    {
        json = json.Trim(" \t\r\n"u8);
        if (json.SequenceEqual("null"u8))
        {
            return default;
        }

        if (json.Length < 2 || json[0] != '"' || json[^1] != '"')
        {
            return json;
        }

        if (json.IndexOf((byte)'\\') < 0)
        {
            return json[1..^1];
        }

        try
        {
            Utf8JsonReader reader = new(json);
            if (reader.Read() && reader.TokenType == JsonTokenType.String)
            {
                Span<byte> room = scratch.Take(json.Length);
                int written = reader.CopyString(room);
                scratch.GiveBack(room.Length - written);
                return room[..written];
            }
        }
        catch (Exception wrong) when (wrong is JsonException or InvalidOperationException)
        {
            // It holds a lone surrogate, which json (not jsonb) allows: it stays as it is written.
        }

        return json;
    }
}
