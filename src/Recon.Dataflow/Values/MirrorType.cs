namespace Recon.Dataflow.Values;

/// <summary>The PostgreSQL types that a mirror column may have, as far as their binary form differs.</summary>
#pragma warning disable CA1720 // The names are PostgreSQL's own (pg_type.typname).
internal enum MirrorType
{
    /// <summary><c>text</c>, <c>varchar</c>, <c>char</c>, <c>citext</c>, <c>name</c> or an enum: UTF-8.</summary>
    Text,

    /// <summary><c>smallint</c>.</summary>
    Int2,

    /// <summary><c>integer</c>.</summary>
    Int4,

    /// <summary><c>bigint</c>.</summary>
    Int8,

    /// <summary><c>numeric</c>.</summary>
    Numeric,

    /// <summary><c>real</c>.</summary>
    Float4,

    /// <summary><c>double precision</c>.</summary>
    Float8,

    /// <summary><c>boolean</c>.</summary>
    Boolean,

    /// <summary><c>date</c>.</summary>
    Date,

    /// <summary><c>timestamp</c>, taken as UTC.</summary>
    Timestamp,

    /// <summary><c>timestamptz</c>.</summary>
    TimestampTz,

    /// <summary><c>json</c>: UTF-8.</summary>
    Json,

    /// <summary><c>jsonb</c>: a version byte, then UTF-8.</summary>
    Jsonb,

    /// <summary><c>uuid</c>.</summary>
    Uuid,
}
#pragma warning restore CA1720

internal static class MirrorTypes
{
    /// <summary>Whether a column of the type holds times as such.</summary>
    public static bool IsTime(this MirrorType type)
        => type is MirrorType.Date or MirrorType.Timestamp or MirrorType.TimestampTz;

    /// <summary>Whether a column of the type holds numbers as such.</summary>
    public static bool IsNumber(this MirrorType type)
        => type is MirrorType.Int2 or MirrorType.Int4 or MirrorType.Int8 or MirrorType.Numeric or MirrorType.Float4 or MirrorType.Float8;
}
