package dev.unikernel.junit;

import java.util.List;

/** What a client asked a VM, and what it got. */
interface CallLog {

    /** A line for each call, in the order of their ends; of very many only the last. */
    List<String> lines();
}
