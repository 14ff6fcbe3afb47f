namespace Recon.Samples;

/// <summary>Makes the values of one object's records.</summary>
internal interface ISampleSource
{
    SampleObject Object { get; }

    RecordPlanner Planner { get; }

    /// <summary>Makes a record's values, on both sides.</summary>
    void Fill(in RecordPlan plan, SampleRow row);

    /// <summary>Legacy id of another parent than the record's own, for repeats; <see langword="null"/> without parents.</summary>
    long? OtherParent(long identity);
}
