package io.smsbridge.maps;

import java.util.List;

import com.fasterxml.jackson.databind.node.ObjectNode;

/** A body that maps read as an array of objects. */
public interface JsonItems {

    List<ObjectNode> items();
}
