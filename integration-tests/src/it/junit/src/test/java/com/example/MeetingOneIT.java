package com.example;

class MeetingOneIT extends Meeting {

    MeetingOneIT() {
        super("MeetingTwoIT");
    }
}
