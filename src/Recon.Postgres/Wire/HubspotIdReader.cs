using System.Buffers.Binary;
using System.Buffers.Text;
using Recon.Dataflow.Batches;
using Recon.Dataflow.Text;
using Recon.Dataflow.Values;

namespace Recon.Postgres.Wire;

internal static class HubspotIdReader
{
    /// <param name="raw">The value in PostgreSQL's binary form; empty for null.</param>
    /// <returns>The id; <see langword="null"/> for null and for what is not an integer.</returns>
    public static long? Read(ReadOnlySpan<byte> raw, MirrorType type, Utf8Scratch scratch)
    {
        if (type == MirrorType.Int8 && raw.Length == sizeof(long))
        {
            return BinaryPrimitives.ReadInt64BigEndian(raw);
        }

        ReadOnlySpan<byte> text = MirrorText.Read(raw, type, scratch);
        return Utf8Parser.TryParse(text, out long id, out int used) && used == text.Length ? id : null;
    }
}
