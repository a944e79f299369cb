package io.smsbridge.ledger;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;

/** The rows of one queue that are in memory; the rest stays in the table. Its queue locks it. */
final class OutboxWindow {

    private final OutboxMemory memory;
    private final List<Deque<OutboxRow>> lanes = List.of(new ArrayDeque<>(), new ArrayDeque<>());
    private final int[] items = new int[OutboxRow.LANES];
    private final int[] reserved = new int[OutboxRow.LANES];

    OutboxWindow(OutboxMemory memory) {
        this.memory = memory;
    }

    /** Room for a row that is being written, unless so many items of its lane are there. {@link #addReserved} or {@link #unreserve} follows. */
    boolean reserve(int lane, int rowItems, int rowBytes, int most) {
        if (items[lane] + reserved[lane] + rowItems > most || !memory.hasRoom(lane == OutboxRow.HIGH)) {
            return false;
        }
        memory.take(rowBytes);
        reserved[lane] += rowItems;
        return true;
    }

    /** Whether fewer than so many items of a lane are there, and memory for more. */
    boolean hasRoom(int lane, int most) {
        return items[lane] < most && memory.hasRoom(lane == OutboxRow.HIGH);
    }

    void addReserved(OutboxRow row) {
        reserved[row.lane()] -= row.count();
        lanes.get(row.lane()).add(row);
        items[row.lane()] += row.count();
    }

    void unreserve(OutboxRow row) {
        reserved[row.lane()] -= row.count();
        memory.release(row.bytes());
    }

    void add(OutboxRow row) {
        lanes.get(row.lane()).add(row);
        count(row);
    }

    /** The rows become the next of their lane, in their order. */
    void addFirst(List<OutboxRow> rows) {
        for (int i = rows.size() - 1; i >= 0; i--) {
            lanes.get(rows.get(i).lane()).addFirst(rows.get(i));
            count(rows.get(i));
        }
    }

    private void count(OutboxRow row) {
        items[row.lane()] += row.count();
        memory.take(row.bytes());
    }

    int rows(int lane) {
        return lanes.get(lane).size();
    }

    /** The first rows of a lane that may share a call: of one grouping, and together no more items than that, but for one row alone. */
    List<OutboxRow> next(int lane, int most) {
        List<OutboxRow> chosen = new ArrayList<>();
        int count = 0;
        for (OutboxRow row : lanes.get(lane)) {
            if (!chosen.isEmpty() && (!row.grouping().equals(chosen.get(0).grouping()) || count + row.count() > most)) {
                break;
            }
            chosen.add(row);
            count += row.count();
        }
        return chosen;
    }

    /** Takes the first rows of a lane out, as {@link #next} has named them. */
    void remove(int lane, List<OutboxRow> chosen) {
        Iterator<OutboxRow> from = lanes.get(lane).iterator();
        for (OutboxRow row : chosen) {
            from.next();
            from.remove();
            items[lane] -= row.count();
            memory.release(row.bytes());
        }
    }

    /** Takes one row out; null where it is not here. */
    OutboxRow takeOut(long id) {
        for (Deque<OutboxRow> lane : lanes) {
            for (Iterator<OutboxRow> from = lane.iterator(); from.hasNext();) {
                OutboxRow row = from.next();
                if (row.id() == id) {
                    from.remove();
                    items[row.lane()] -= row.count();
                    memory.release(row.bytes());
                    return row;
                }
            }
        }
        return null;
    }

    /** What is here is going to wait: its trees go, which take most of the memory. */
    void keepJsonAlone() {
        for (Deque<OutboxRow> lane : lanes) {
            Deque<OutboxRow> lately = new ArrayDeque<>();
            while (!lane.isEmpty() && lane.getLast().payload().hasTrees()) {
                lately.addFirst(lane.removeLast());
            }
            lately.forEach(row -> lane.addLast(row.with(row.payload().jsonAlone())));
        }
    }

    /** Takes everything out. */
    List<OutboxRow> clear() {
        List<OutboxRow> all = new ArrayList<>();
        for (Deque<OutboxRow> lane : lanes) {
            all.addAll(lane);
            lane.clear();
        }
        for (OutboxRow row : all) {
            items[row.lane()] -= row.count();
            memory.release(row.bytes());
        }
        return all;
    }
}
