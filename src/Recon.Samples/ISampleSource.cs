namespace Recon.Samples;

/// <summary>Makes the values of one object's records.</summary>
internal interface ISampleSource
{
    /// <summary>The object.</summary>
    SampleObject Object { get; }

    /// <summary>Its plans.</summary>
    RecordPlanner Planner { get; }

    /// <summary>Makes a record's values, on both sides.</summary>
    /// <param name="plan">What the record is.</param>
    /// <param name="row">Takes the values.</param>
    void Fill(in RecordPlan plan, SampleRow row);

    /// <summary>Legacy id of another parent than the record's own, for repeats; <see langword="null"/> without parents.</summary>
    /// <param name="identity">The record.</param>
    long? OtherParent(long identity);
}
